//! Which keys a database needs: a process with a wrong or missing one must not start.
//!
//! The database holds a proof of each key, never a key: a known word sealed with a sealing key, or
//! the blind index of that word for the index key. The first process to seal with a key leaves its
//! proof; one that only knows a key, to open with it, leaves none.

use diesel::prelude::*;

use crate::{
    error::StorageError,
    schema::sealing_keys,
    sealed::Sealer,
    store::{Store, Tx},
    with_conn,
};

const INDEX: &str = "index";

/// Checks the keys at hand against those the database was sealed with.
///
/// # Errors
/// [`StorageError::Key`] when a key is missing, or is another one than the database knows by its id.
pub fn check(store: &Store) -> Result<(), StorageError> {
    let sealer = store.sealer();
    let proofs = store.read(proofs)?;
    let known: Vec<&str> = proofs.iter().map(|(name, _)| name.as_str()).collect();
    let ours: Vec<(String, Option<u8>)> = sealer
        .key_ids()
        .map(|id| (name_of(id), Some(id)))
        .chain([(INDEX.to_owned(), None)])
        .collect();
    compare(sealer, &ours, &proofs)?;
    // An older key is needed if its proof is there. Only a database that was never asked before may
    // have fields under a key it has no proof of.
    let newest = sealer.newest()?;
    let new: Vec<_> = ours
        .iter()
        .filter(|(_, id)| known.is_empty() || id.is_none_or(|id| id == newest))
        .filter(|(name, _)| !known.contains(&name.as_str()))
        .collect();
    if new.is_empty() {
        return Ok(());
    }
    for (name, id) in new {
        let proof = match id {
            Some(id) => sealer.proof(*id)?,
            None => sealer.index_proof(),
        };
        store.write(|tx| insert(tx, name, &proof))?;
    }
    // Of two processes that start at once the row decides.
    compare(sealer, &ours, &store.read(self::proofs)?)
}

fn compare(
    sealer: &Sealer,
    ours: &[(String, Option<u8>)],
    proofs: &[(String, Vec<u8>)],
) -> Result<(), StorageError> {
    for (name, proof) in proofs {
        let fits = match ours.iter().find(|(ours, _)| ours == name) {
            None => {
                return Err(StorageError::Key(format!(
                    "the database has fields sealed under key {name}, which is not among the keys; \
                     `tongxing admin reseal` makes a key dispensable"
                )));
            }
            Some((_, Some(id))) => sealer.is_proof(*id, proof),
            Some((_, None)) => sealer.index_proof() == *proof,
        };
        if !fits {
            return Err(StorageError::Key(format!(
                "key {name} is not the one that the database was sealed with"
            )));
        }
    }
    Ok(())
}

/// Forgets the keys other than the newest: nothing is sealed under them any more. Answers their ids.
pub(crate) fn forget_older(store: &Store) -> Result<Vec<String>, StorageError> {
    let newest = name_of(store.sealer().newest()?);
    store.write(|tx| {
        let older: Vec<String> = proofs(tx)?
            .into_iter()
            .map(|(name, _)| name)
            .filter(|name| *name != newest && name != INDEX)
            .collect();
        for name in &older {
            with_conn!(tx, c => diesel::delete(sealing_keys::table.filter(sealing_keys::name.eq(name)))
                .execute(*c))?;
        }
        Ok(older)
    })
}

fn name_of(id: u8) -> String {
    id.to_string()
}

fn proofs(tx: &mut Tx<'_>) -> Result<Vec<(String, Vec<u8>)>, StorageError> {
    Ok(with_conn!(tx, c => sealing_keys::table
        .order(sealing_keys::name)
        .select((sealing_keys::name, sealing_keys::proof))
        .load(*c))?)
}

fn insert(tx: &mut Tx<'_>, name: &str, proof: &[u8]) -> Result<(), StorageError> {
    with_conn!(tx, c => diesel::insert_into(sealing_keys::table)
        .values((sealing_keys::name.eq(name), sealing_keys::proof.eq(proof)))
        .on_conflict_do_nothing()
        .execute(*c))?;
    Ok(())
}
