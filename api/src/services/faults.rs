//! The faults of a body, gathered so that its sender hears of all of them at once.

use crate::{failure::Failure, problem::Problem};

/// Faults of fields noted so far.
#[derive(Debug, Default)]
pub struct Faults(Vec<Problem>);

impl Faults {
    /// What was read of a field; `None` where it is at fault, which is noted.
    ///
    /// # Errors
    /// What is no fault of a field: it leaves nothing more to be said.
    pub fn note<T>(&mut self, read: Result<T, impl Into<Failure>>) -> Result<Option<T>, Failure> {
        match read.map_err(Into::into) {
            Ok(value) => Ok(Some(value)),
            Err(Failure::Problem(problem)) if problem.pointer().is_some() => {
                self.0.push(problem);
                Ok(None)
            }
            Err(other) => Err(other),
        }
    }

    /// Puts what a field of a PATCH asks for into its place, as `read`; an absent field and one at
    /// fault change nothing.
    ///
    /// # Errors
    /// As [`Faults::note`].
    pub fn change<F, T, E: Into<Failure>>(
        &mut self,
        place: &mut T,
        asked: Result<Option<F>, Problem>,
        read: impl FnOnce(F) -> Result<T, E>,
    ) -> Result<(), Failure> {
        if let Some(Some(asked)) = self.note(asked)?
            && let Some(value) = self.note(read(asked))?
        {
            *place = value;
        }
        Ok(())
    }

    /// Goes on if no fault was noted.
    ///
    /// # Errors
    /// All faults that were, as one problem.
    pub fn none(self) -> Result<(), Failure> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(self.into())
        }
    }
}

impl From<Faults> for Failure {
    fn from(faults: Faults) -> Self {
        Self::Problem(Problem::gathered(faults.0))
    }
}

#[cfg(test)]
mod tests {
    use domain::{Refusal, RefusalCode};
    use storage::StorageError;

    use super::*;

    fn invalid(pointer: &str) -> Refusal {
        Refusal::at(RefusalCode::InvalidValue, pointer, "no")
    }

    #[test]
    fn every_fault_of_a_field_is_kept_and_nothing_else() {
        let mut faults = Faults::default();
        assert_eq!(faults.note(Ok::<_, Refusal>(1)).unwrap(), Some(1));
        assert_eq!(faults.note(Err::<u8, _>(invalid("/a"))).unwrap(), None);
        let mut place = 1;
        for (asked, read) in [
            (Ok(None), Ok(2)),
            (Err(Problem::from(invalid("/b"))), Ok(2)),
            (Ok(Some(())), Err(invalid("/c"))),
        ] {
            faults.change(&mut place, asked, |()| read).unwrap();
            assert_eq!(place, 1);
        }
        let asked = Ok(Some(3));
        faults.change(&mut place, asked, Ok::<_, Refusal>).unwrap();
        assert_eq!(place, 3);
        assert!(faults.note(Err::<u8, _>(StorageError::Collision)).is_err());
        assert!(faults.note(Err::<u8, _>(Problem::not_found("a"))).is_err());
        let Err(Failure::Problem(problem)) = faults.none() else {
            panic!("faults were noted");
        };
        assert_eq!(problem.pointer(), Some("/a"));
        let pointers: Vec<_> = problem
            .errors()
            .iter()
            .map(|error| &error.pointer)
            .collect();
        assert_eq!(pointers, ["/a", "/b", "/c"]);
        assert!(Faults::default().none().is_ok());
    }
}
