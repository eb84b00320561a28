//! Named conversions between the units of the sea and those of the formulas.

/// Meters in an international nautical mile, exactly.
pub const M_PER_NMI: f64 = 1852.0;
/// Meters a second in a knot, exactly.
pub const MPS_PER_KN: f64 = M_PER_NMI / 3600.0;

/// Meters a second from knots.
pub fn mps_from_kn(kn: f64) -> f64 {
    kn * MPS_PER_KN
}

/// Knots from meters a second.
pub fn kn_from_mps(mps: f64) -> f64 {
    mps / MPS_PER_KN
}

/// Nautical miles from meters.
pub fn nmi_from_m(m: f64) -> f64 {
    m / M_PER_NMI
}

/// Seconds from milliseconds.
pub fn s_from_ms(ms: i64) -> f64 {
    ms as f64 / 1000.0
}
