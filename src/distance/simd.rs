//! Which instructions the kernels run with, found out when the program runs: the build stays
//! baseline.
//!
//! The kernels are ordinary loops over arrays of sixteen numbers. Compiled into a function for AVX2
//! and FMA they become 256-bit code, compiled as they are they become 128-bit SSE2 or NEON. Both
//! find the same; they differ by the rounding of a fused multiplication.

use super::legs::View;
use super::nearest::{self, Answer, Ask, Scratch};
use super::warp::{self, Table};

/// aarch64 has fused multiplication in its baseline; emulating it elsewhere would cost far more
/// than it brings.
const BASE_FMA: bool = cfg!(target_arch = "aarch64");

/// A set of instructions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {
    /// Those that every machine of the architecture has.
    Base,
    /// 256-bit registers and fused multiplication. Only [`Level::best`] makes it, where the
    /// processor has both.
    #[cfg(target_arch = "x86_64")]
    Avx2(Proved),
}

/// Stands for having asked the processor; nobody else can make one.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Proved(());

impl Level {
    /// The best that this processor has.
    pub fn best() -> Level {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            return Level::Avx2(Proved(()));
        }
        Level::Base
    }

    pub(super) fn pair<const SPHERE: bool>(
        self,
        ask: Ask,
        a: &View<'_>,
        b: &View<'_>,
        scratch: &mut Scratch,
    ) -> Answer {
        match self {
            Level::Base => nearest::pair::<BASE_FMA, SPHERE>(ask, a, b, scratch),
            #[cfg(target_arch = "x86_64")]
            #[expect(unsafe_code, reason = "calling for instructions that were asked for")]
            // SAFETY: a `Proved` is made only after the processor said that it has AVX2 and FMA.
            Level::Avx2(Proved(())) => unsafe { pair_avx2::<SPHERE>(ask, a, b, scratch) },
        }
    }

    pub(super) fn warp<const SPHERE: bool>(
        self,
        table: Table,
        a: &View<'_>,
        others: &[View<'_>],
        scratch: &mut Scratch,
        out: &mut [f32],
    ) {
        let rows = &mut scratch.rows;
        match self {
            Level::Base => warp::warp::<BASE_FMA, SPHERE>(table, a, others, rows, out),
            #[cfg(target_arch = "x86_64")]
            #[expect(unsafe_code, reason = "calling for instructions that were asked for")]
            // SAFETY: a `Proved` is made only after the processor said that it has AVX2 and FMA.
            Level::Avx2(Proved(())) => unsafe { warp_avx2::<SPHERE>(table, a, others, rows, out) },
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn pair_avx2<const SPHERE: bool>(
    ask: Ask,
    a: &View<'_>,
    b: &View<'_>,
    scratch: &mut Scratch,
) -> Answer {
    nearest::pair::<true, SPHERE>(ask, a, b, scratch)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn warp_avx2<const SPHERE: bool>(
    table: Table,
    a: &View<'_>,
    others: &[View<'_>],
    rows: &mut warp::Rows,
    out: &mut [f32],
) {
    warp::warp::<true, SPHERE>(table, a, others, rows, out);
}
