//! Throws made-up and damaged input at every reader of foreign bytes, for as long as it is given.
//!
//! `FUZZ_SECONDS` for all of them together (default 2), `FUZZ_SEED` any text (default `1`): both are
//! printed. A seed stands for one sequence of inputs; the time says only how far into it a run comes.
//! `tests/fuzz` drives the same readers by coverage.

#![expect(
    clippy::unwrap_used,
    reason = "a test that meets the unexpected fails where it met it"
)]

mod damage;

use std::{
    env, fs,
    path::Path,
    time::{Duration, Instant},
};

use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use sha2::{Digest as _, Sha256};
use tests::readers::{ALL, Reader};

/// Inputs between two looks at the clock.
const BATCH: u32 = 64;

/// The inputs kept for a reader, in the order of their names.
fn corpus(reader: &Reader) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let mut files: Vec<_> = fs::read_dir(folder.join(reader.name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

fn runner(seed: &str) -> TestRunner {
    let seed: [u8; 32] = Sha256::digest(seed).into();
    let config = Config {
        cases: BATCH,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}

#[test]
fn no_input_breaks_a_reader() {
    let seconds = env::var("FUZZ_SECONDS").map_or(2, |text| text.parse().unwrap());
    let seed = env::var("FUZZ_SEED").unwrap_or_else(|_| "1".to_owned());
    println!("FUZZ_SECONDS={seconds} FUZZ_SEED={seed}");
    let share = Duration::from_secs(seconds) / u32::try_from(ALL.len()).unwrap();
    for reader in ALL {
        let corpus = corpus(reader);
        assert!(!corpus.is_empty(), "{} has no corpus", reader.name);
        for input in &corpus {
            (reader.read)(input);
        }
        let input = damage::input(corpus);
        let (began, mut inputs) = (Instant::now(), 0);
        while inputs == 0 || began.elapsed() < share {
            // A runner counts its cases from its making: each batch has one of its own.
            let mut runner = runner(&format!("{seed} {} {inputs}", reader.name));
            let run = runner.run(&input, |bytes| {
                (reader.read)(&bytes);
                Ok(())
            });
            if let Err(failure) = run {
                panic!("{} with FUZZ_SEED={seed}: {failure}", reader.name);
            }
            inputs += BATCH;
        }
        println!("{inputs:>9} inputs  {}", reader.name);
    }
}

/// A reader without a target would be driven by this run only, and the other way round.
#[test]
fn every_reader_has_its_target_and_corpus() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    for reader in ALL {
        let name = reader.name;
        assert!(
            manifest.contains(&format!("name = \"{name}\"")),
            "{name} is not in fuzz/Cargo.toml"
        );
        let target = folder.join(format!("fuzz_targets/{name}.rs"));
        let target = fs::read_to_string(target).unwrap();
        assert!(target.contains(&format!("read(\"{name}\"")), "{name}");
        assert!(!corpus(reader).is_empty(), "{name} has no corpus");
    }
    let targets = fs::read_dir(folder.join("fuzz_targets")).unwrap().count();
    let corpora = fs::read_dir(folder.join("corpus")).unwrap().count();
    assert_eq!((targets, corpora), (ALL.len(), ALL.len()));
}
