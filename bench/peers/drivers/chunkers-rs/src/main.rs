//! Cuts a file by a chunker of a crate and prints the length of each chunk, one a line.
//!
//!     chunkers-rs FILE v2020 MIN AVG MAX LEVEL SEED | v2016 MIN AVG MAX LEVEL | ronomon MIN AVG MAX

use std::io::{BufWriter, Write};

use fastcdc::{ronomon, v2016, v2020};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [file, name, sizes @ ..] = words.as_slice() else {
        panic!("a file, a chunker, and its sizes");
    };
    let bytes = std::fs::read(file).expect("the file is read");
    let numbers: Vec<u64> = sizes.iter().map(|word| word.parse().expect("a number")).collect();
    let size = |index: usize| numbers[index] as usize;
    let lengths: Vec<usize> = match name.as_str() {
        "v2020" => {
            let level = match numbers[3] {
                0 => v2020::Normalization::Level0,
                1 => v2020::Normalization::Level1,
                2 => v2020::Normalization::Level2,
                _ => v2020::Normalization::Level3,
            };
            v2020::FastCDC::with_level_and_seed(&bytes, size(0), size(1), size(2), level, numbers[4])
                .map(|chunk| chunk.length)
                .collect()
        }
        "v2016" => {
            let level = match numbers[3] {
                0 => v2016::Normalization::Level0,
                1 => v2016::Normalization::Level1,
                2 => v2016::Normalization::Level2,
                _ => v2016::Normalization::Level3,
            };
            v2016::FastCDC::with_level(&bytes, size(0), size(1), size(2), level)
                .map(|chunk| chunk.length)
                .collect()
        }
        "ronomon" => ronomon::FastCDC::new(&bytes, size(0), size(1), size(2))
            .map(|chunk| chunk.length)
            .collect(),
        other => panic!("unknown: {other}"),
    };
    let mut out = BufWriter::new(std::io::stdout());
    for length in lengths {
        writeln!(out, "{length}").expect("written");
    }
}
