//! The two laws of composition, in percent.

/// The chance, in percent, that at least `needed` of `all` independent parts are up, each with the same availability in
/// percent. None needed is always up; more needed than there are is never up.
#[must_use]
pub fn k_of_n(needed: u32, all: u32, percent: f64) -> f64 {
    if needed == 0 {
        return 100.0;
    }
    if needed > all {
        return 0.0;
    }
    let down = 1.0 - percent.clamp(0.0, 100.0) / 100.0;
    // The chance that more than `all - needed` are down, whose terms are the small ones.
    let mut too_many_down = 0.0;
    for number_down in (all - needed + 1)..=all {
        too_many_down += term(all, number_down, down);
    }
    (100.0 * (1.0 - too_many_down)).clamp(0.0, 100.0)
}

/// The chance that exactly so many of all are down.
fn term(all: u32, number_down: u32, down: f64) -> f64 {
    let mut chance = 1.0;
    for index in 0..number_down {
        chance *= f64::from(all - index) / f64::from(index + 1) * down;
    }
    chance * (1.0 - down).powi((all - number_down) as i32)
}

/// What is waited for in a row: the product, in percent.
#[must_use]
pub fn serial(percents: impl IntoIterator<Item = f64>) -> f64 {
    100.0 * percents.into_iter().map(|percent| percent.clamp(0.0, 100.0) / 100.0).product::<f64>()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_table_of_the_reference_is_reproduced() {
        for (needed, all, of_995, of_999) in
            [(1, 2, "99.9975", "99.9999"), (2, 2, "99.0025", "99.80"), (2, 3, "99.9925", "99.9997")]
        {
            for (percent, expected) in [(99.5, of_995), (99.9, of_999)] {
                let places = expected.split_once('.').map_or(0, |(_, places)| places.len());
                assert_eq!(format!("{:.places$}", k_of_n(needed, all, percent)), expected, "{needed} of {all}");
            }
        }
        assert_eq!(format!("{:.4}", serial([99.5, 99.5])), "99.0025");
    }

    #[test]
    fn the_ends_are_right() {
        assert!((k_of_n(0, 3, 50.0) - 100.0).abs() < 1e-12 && k_of_n(4, 3, 99.0) == 0.0);
        assert!((k_of_n(1, 1, 99.5) - 99.5).abs() < 1e-9 && (serial([]) - 100.0).abs() < 1e-12);
        assert!(k_of_n(1, 1000, 99.5) <= 100.0 && k_of_n(501, 1000, 99.5) <= 100.0);
    }

    proptest! {
        #[test]
        fn more_copies_never_lower_it_and_more_needed_never_raise_it(
            needed in 1u32..20, all in 1u32..60, percent in 0.0f64..100.0,
        ) {
            let chance = k_of_n(needed, all, percent);
            prop_assert!((0.0..=100.0).contains(&chance));
            prop_assert!(k_of_n(needed, all + 1, percent) >= chance - 1e-9);
            prop_assert!(k_of_n(needed + 1, all, percent) <= chance + 1e-9);
            prop_assert!(k_of_n(needed, all, (percent + 1.0).min(100.0)) >= chance - 1e-9);
        }

        #[test]
        fn something_more_to_wait_for_never_raises_it(
            percents in prop::collection::vec(0.0f64..=100.0, 0..10), more in 0.0f64..=100.0,
        ) {
            let chance = serial(percents.iter().copied());
            prop_assert!((0.0..=100.0 + 1e-9).contains(&chance));
            prop_assert!(serial(percents.into_iter().chain([more])) <= chance + 1e-9);
        }
    }
}
