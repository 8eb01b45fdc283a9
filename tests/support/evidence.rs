//! Evidence taken away, in deterministic draws: files made unreadable, files silently absent.
#![allow(unreachable_pub, dead_code, reason = "each test binary uses its own part")]

use kubeworthy::text::SourceFile;

/// Numbers that look random and are always the same (SplitMix64).
pub struct Draws(u64);

impl Draws {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Between 0 and 1.
    pub fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Which of so many things, so that this share of them, rounded, is taken.
    pub fn taken(&mut self, count: usize, share: f64) -> Vec<bool> {
        let mut order: Vec<usize> = (0..count).collect();
        for index in (1..count).rev() {
            order.swap(index, (self.next() % (index as u64 + 1)) as usize);
        }
        let take = (count as f64 * share).round() as usize;
        let mut taken = vec![false; count];
        order.into_iter().take(take).for_each(|index| taken[index] = true);
        taken
    }
}

/// The files with a share of them made unreadable: one sees that something is there, and not what.
pub fn hidden(files: &[SourceFile], share: f64, draws: &mut Draws) -> Vec<SourceFile> {
    let taken = draws.taken(files.len(), share);
    let hide = |(file, taken): (&SourceFile, bool)| if taken { unreadable(file) } else { file.clone() };
    files.iter().zip(taken).map(hide).collect()
}

/// The files with a share of them missing, and nothing that tells of it.
pub fn absent(files: &[SourceFile], share: f64, draws: &mut Draws) -> Vec<SourceFile> {
    let taken = draws.taken(files.len(), share);
    files.iter().zip(taken).filter(|(_, taken)| !taken).map(|(file, _)| file.clone()).collect()
}

/// A file of which no document can be read any more.
fn unreadable(file: &SourceFile) -> SourceFile {
    let broken: Vec<String> = file.text.split("\n---").map(|text| format!("\n\"not closed: [\n{text}")).collect();
    SourceFile::new(file.name.clone(), broken.join("\n---"))
}
