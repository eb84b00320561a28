//! Names for results, made from what they are computed from.

use serde::Serialize;

/// Names a result by its making: the stage, its parameters and the keys of its inputs.
///
/// Equal keys mean equal results. One key therefore serves as cache key, as the test of whether
/// a result that arrives late is still wanted, as the tag of a GPU buffer, and as the provenance
/// written into an export. It is known before the result is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Key(u128);

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl Key {
    /// The key of `stage` run with `params` on the results named by `inputs`.
    pub fn of(stage: &str, params: &impl Serialize, inputs: &[Key]) -> Key {
        let params = serde_json::to_vec(params).expect("parameters are plain data");
        let inputs = inputs.iter().flat_map(|key| key.0.to_le_bytes());
        Key(fnv1a_128(stage.bytes().chain([0]).chain(params).chain([0]).chain(inputs)))
    }
}

impl Key {
    /// The key of plain numbers: of data by themselves, wherever they come from.
    pub fn of_words(words: impl Iterator<Item = u64>) -> Key {
        const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
        // A product carries upwards alone: the upper half is folded back after each word.
        let mixed = words.fold(fnv1a_128(std::iter::empty()), |hash, word| {
            let hash = (hash ^ u128::from(word)).wrapping_mul(PRIME);
            hash ^ (hash >> 67)
        });
        Key(mixed)
    }
}

/// FNV-1a: short, and the same on every machine and in every release, unlike `DefaultHasher`.
fn fnv1a_128(bytes: impl Iterator<Item = u8>) -> u128 {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    bytes.fold(OFFSET, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_tells_stages_parameters_and_inputs_apart() {
        let key = Key::of("clean/1", &(1, "a"), &[]);
        assert_eq!(key, Key::of("clean/1", &(1, "a"), &[]));
        assert_ne!(key, Key::of("clean/2", &(1, "a"), &[]));
        assert_ne!(key, Key::of("clean/1", &(2, "a"), &[]));
        assert_ne!(key, Key::of("clean/1", &(1, "a"), &[key]));
        assert_eq!(key.to_string().len(), 32);
    }

    #[test]
    fn data_differ_by_any_bit_of_any_word_and_by_their_order() {
        let of = |words: &[u64]| Key::of_words(words.iter().copied());
        let whole = of(&[1, 2, 3]);
        assert_eq!(whole, of(&[1, 2, 3]));
        for other in [&[1, 3, 2][..], &[1, 2], &[1, 2, 3, 0], &[1 | 1 << 63, 2, 3], &[]] {
            assert_ne!(whole, of(other), "{other:?}");
        }
    }
}
