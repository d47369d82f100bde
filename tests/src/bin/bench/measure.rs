//! Reading the machine: processor time and memory of a process, medians.

use std::{fs, time::Duration};

use crate::Outcome;

/// Processor time a process has used (user and system).
pub fn processor_time(process: u32) -> Outcome<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    let (_, tail) = stat.rsplit_once(')').ok_or("unreadable /proc/…/stat")?;
    let fields: Vec<&str> = tail.split_whitespace().collect();
    // Fields 14 and 15 of proc(5), in hundredths of a second; the tail begins with field 3.
    let ticks = |field: usize| -> Outcome<u64> {
        Ok(fields.get(field - 3).ok_or("short /proc/…/stat")?.parse()?)
    };
    Ok(Duration::from_millis((ticks(14)? + ticks(15)?) * 10))
}

/// Memory a process holds now, and the most it ever held, in MiB.
pub fn memory_mib(process: u32) -> Outcome<(f64, f64)> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let kib = |key: &str| -> Outcome<f64> {
        let line = status
            .lines()
            .find(|line| line.starts_with(key))
            .ok_or("no such line")?;
        let number = line.split_whitespace().nth(1).ok_or("no number")?;
        Ok(number.parse::<f64>()? / 1024.0)
    };
    Ok((kib("VmRSS:")?, kib("VmHWM:")?))
}

/// The middle of the values; of an even number, the lower of the two.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len().saturating_sub(1) / 2;
    values.get(middle).copied().unwrap_or(f64::NAN)
}

/// The value that so many per cent do not exceed, of sorted values.
pub fn percentile(sorted: &[u32], per_cent: usize) -> u32 {
    let index = (sorted.len() * per_cent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(index).copied().unwrap_or_default()
}

/// A count as a number to reckon with.
pub fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}
