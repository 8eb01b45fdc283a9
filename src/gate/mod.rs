//! The gate: an assessment held against what should fail, and against the baseline. A pure function.
