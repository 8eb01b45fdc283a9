//! The facts of a system as its owner states them; absent where nothing is stated.

use super::FactType::{Boolean, Number, Text, Word};
use super::{FactEntry, system};

/// In the order in which they are documented.
pub(super) const FACTS: &[FactEntry] = &[
    system("stated.availability-target", Number, "the availability to reach as the owner states it, in percent", |s| {
        s.stated("availability-target")
    })
    .seen_whole(),
    system("stated.recovery-time", Number, "the longest bearable outage as the owner states it, in seconds", |s| {
        s.stated("recovery-time")
    })
    .seen_whole(),
    system("stated.recovery-point", Number, "the most data that may be lost as the owner states it, in seconds", |s| {
        s.stated("recovery-point")
    })
    .seen_whole(),
    system(
        "stated.peak-to-average",
        Number,
        "the peak as the owner states it, as a multiple of the average load",
        |s| s.stated("peak-to-average"),
    )
    .seen_whole(),
    system("stated.growth", Number, "the load in a year as the owner expects it, as a multiple of today's", |s| {
        s.stated("growth")
    })
    .seen_whole(),
    system("stated.teams", Number, "teams that deploy on their own, as the owner states", |s| s.stated("teams"))
        .seen_whole(),
    system("stated.engineers", Number, "people who would run it, as the owner states", |s| s.stated("engineers"))
        .seen_whole(),
    system(
        "stated.kubernetes-experience",
        Word(&["none", "some", "strong"]),
        "how well those who would run it know Kubernetes, as the owner states",
        |s| s.stated("kubernetes-experience"),
    )
    .seen_whole(),
    system(
        "stated.on-call",
        Word(&["none", "office-hours", "around-the-clock"]),
        "when somebody answers an alarm, as the owner states",
        |s| s.stated("on-call"),
    )
    .seen_whole(),
    system("stated.tenants", Number, "tenants that are kept apart, as the owner states", |s| s.stated("tenants"))
        .seen_whole(),
    system("stated.regions", Number, "regions that serve at once, as the owner states", |s| s.stated("regions"))
        .seen_whole(),
    system("stated.request-length", Number, "the longest request as the owner states it, in seconds", |s| {
        s.stated("request-length")
    })
    .seen_whole(),
    system("stated.hosting", Word(&["any", "self-hosted"]), "where it may run, as the owner states", |s| {
        s.stated("hosting")
    })
    .seen_whole(),
    system(
        "stated.data-sensitivity",
        Word(&["public", "internal", "personal", "health", "restricted"]),
        "the most sensitive data in it, as the owner states",
        |s| s.stated("data-sensitivity"),
    )
    .seen_whole(),
    system("stated.certification", Text, "certifications that the place to run must hold, as the owner states", |s| {
        s.stated("certification")
    })
    .seen_whole(),
    system("stated.monthly-budget", Number, "what running it may cost in a month as the owner states, in euros", |s| {
        s.stated("monthly-budget")
    })
    .seen_whole(),
    system(
        "stated.existing-cluster",
        Boolean,
        "somebody else runs a cluster that may be used, as the owner states",
        |s| s.stated("existing-cluster"),
    )
    .seen_whole(),
    system("stated.vendor-mandate", Boolean, "the vendor supports Kubernetes alone, as the owner states", |s| {
        s.stated("vendor-mandate")
    })
    .seen_whole(),
    system("stated.needed", Text, "capabilities that the owner states to be needed", |s| s.stated_needs(true))
        .seen_whole(),
    system("stated.not-needed", Text, "capabilities that the owner states not to be needed", |s| s.stated_needs(false))
        .seen_whole(),
    system("system.grown-cpu", Number, "vCPU in a year, from written sizes and the stated growth", |s| {
        s.grown(s.footprint.written_high.cpu)
    }),
    system("system.grown-memory", Number, "GiB in a year, from written sizes and the stated growth", |s| {
        s.grown(s.footprint.written_high.memory_gib)
    }),
];
