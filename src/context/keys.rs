//! What an owner may state: every key with the form of its value, what it means, and its place in the published schema.

/// One key of a context file.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// The form of its value.
    pub form: Form,
    /// What it says, with its unit, in words that may follow "the owner states:".
    pub meaning: &'static str,
    /// An example of a value, as it would be written.
    pub example: &'static str,
    /// Whether it counts all systems together, or holds for one of them that it does not name: of several systems none
    /// has it.
    pub of_the_whole: bool,
}

/// The form of a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Form {
    /// A number between two bounds, both included.
    Number {
        /// The least.
        least: f64,
        /// The most.
        most: f64,
    },
    /// A whole number between two bounds, both included.
    Count {
        /// The least.
        least: f64,
        /// The most.
        most: f64,
    },
    /// A length of time, such as `90s`, `5m`, `4h` or `2d`; kept in seconds.
    Duration,
    /// One of some words.
    Word(&'static [&'static str]),
    /// A list of words, or one alone; one of these words where some are named.
    Words(&'static [&'static str]),
    /// True or false.
    Boolean,
}

/// What holds for each of `hosts`.
pub const HOST_SIZES: [&str; 3] = ["small", "ordinary", "big"];

/// The two sizes of a host, with their bounds.
pub const HOST_FIELDS: [(&str, f64, f64); 2] = [("cpu", 0.1, 10_000.0), ("memory-gib", 0.1, 100_000.0)];

/// Certifications that targets may hold.
pub const CERTIFICATIONS: &[&str] = &["secnumcloud", "hds", "iso-27001", "soc-2", "c5", "pci-dss"];

const fn key(name: &'static str, form: Form, example: &'static str, meaning: &'static str) -> Key {
    Key { name, form, meaning, example, of_the_whole: false }
}

const fn of_the_whole(mut key: Key) -> Key {
    key.of_the_whole = true;
    key
}

use Form::{Boolean, Count, Duration, Number, Word, Words};

/// Every key but `needs`, `hosts` and `systems`, which hold others.
pub static KEYS: &[Key] = &[
    key("availability-target", Number { least: 90.0, most: 99.9999 }, "99.9", "the availability to reach, in percent"),
    key("recovery-time", Duration, "15m", "the longest outage that is bearable"),
    key("recovery-point", Duration, "1h", "the most data that may be lost, as the time since it was written"),
    of_the_whole(key(
        "peak-to-average",
        Number { least: 1.0, most: 100_000.0 },
        "3",
        "how many times the average load the peak is",
    )),
    key("growth", Number { least: 0.01, most: 100_000.0 }, "1.5", "how many times today's load is expected in a year"),
    of_the_whole(key("teams", Count { least: 0.0, most: 100_000.0 }, "2", "teams that deploy on their own")),
    key("engineers", Count { least: 0.0, most: 1_000_000.0 }, "4", "people who would run it"),
    key(
        "kubernetes-experience",
        Word(&["none", "some", "strong"]),
        "some",
        "how well those people know Kubernetes: none, some or strong",
    ),
    key(
        "on-call",
        Word(&["none", "office-hours", "around-the-clock"]),
        "office-hours",
        "when somebody answers an alarm: none, office-hours or around-the-clock",
    ),
    of_the_whole(key(
        "tenants",
        Count { least: 0.0, most: 1_000_000.0 },
        "1",
        "tenants that are kept apart with quotas and rights of their own",
    )),
    key("regions", Count { least: 1.0, most: 1_000.0 }, "1", "regions from which it must serve at once"),
    of_the_whole(key("request-length", Duration, "30s", "the longest that one request may take")),
    key("hosting", Word(&["any", "self-hosted"]), "any", "where it may run: any, or self-hosted on own machines"),
    key(
        "jurisdiction",
        Words(&[]),
        "eu",
        "whose law operators may be under: any, eu, or a list of countries (ISO 3166, such as FR); none but these may \
         reach them",
    ),
    key("certification", Words(CERTIFICATIONS), "[hds]", "certifications that the place to run must hold"),
    key("exclude", Words(&[]), "[heroku]", "targets that are out, by their id"),
    key("prefer", Words(&[]), "[scalingo]", "targets that come first among equals, by their id"),
    key(
        "data-sensitivity",
        Word(&["public", "internal", "personal", "health", "restricted"]),
        "internal",
        "the most sensitive data in it: public, internal, personal, health or restricted",
    ),
    key("monthly-budget", Number { least: 0.0, most: 1e9 }, "500", "what running it may cost in a month, in euros"),
    key("existing-cluster", Boolean, "false", "a cluster that somebody else runs is there to be used"),
    key("vendor-mandate", Boolean, "false", "the vendor of the software supports Kubernetes alone"),
    key(
        "subject",
        Words(&[]),
        "[Longhorn]",
        "well-known add-ons that are the product here, so that they are never set aside",
    ),
];

/// The key with this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// Every name that may stand at the top of a context file.
pub fn names() -> impl Iterator<Item = &'static str> {
    KEYS.iter().map(|key| key.name).chain(["needs", "hosts", "systems"])
}

/// A number under a key as it would be written: lengths of time with their largest whole unit.
#[must_use]
pub fn shown(name: &str, value: f64) -> String {
    if find(name).is_none_or(|key| key.form != Form::Duration) {
        return format!("{value}");
    }
    let units = [("d", 86_400.0), ("h", 3_600.0), ("m", 60.0)];
    match units.iter().find(|(_, length)| value > 0.0 && value % length == 0.0) {
        Some((unit, length)) => format!("{}{unit}", value / length),
        None => format!("{value}s"),
    }
}
