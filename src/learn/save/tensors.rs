//! Weights as bytes, in the safetensors format, so that other programs can read them.
//!
//! Eight bytes with the length of a JSON header, little-endian; the header, a member for each matrix
//! with its type, shape and place; then the numbers, little-endian, row by row.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::super::weights::{Part, Weights};

/// A header that is longer is damaged or made to harm.
const MOST_HEADER: usize = 16 << 20;

#[derive(Serialize, Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: [usize; 2],
}

/// All matrices, in their order.
pub fn packed_weights(weights: &Weights) -> Vec<u8> {
    let mut header = Map::new();
    let mut at = 0;
    for part in &weights.parts {
        let end = at + 4 * part.values.len();
        let shape = part.shape.map(Value::from).to_vec();
        let mut entry = Map::new();
        entry.insert("dtype".into(), "F32".into());
        entry.insert("shape".into(), shape.into());
        entry.insert("data_offsets".into(), vec![Value::from(at), Value::from(end)].into());
        header.insert(part.name.clone(), entry.into());
        at = end;
    }
    let mut header = Value::from(header).to_string().into_bytes();
    // The numbers begin at a multiple of eight, as the format wants.
    header.resize(header.len().next_multiple_of(8), b' ');
    let mut bytes = Vec::with_capacity(8 + header.len() + at);
    bytes.extend_from_slice(&(header.len() as u64).to_le_bytes());
    bytes.extend_from_slice(&header);
    let numbers = weights.parts.iter().flat_map(|part| &part.values);
    numbers.for_each(|x| bytes.extend_from_slice(&x.to_le_bytes()));
    bytes
}

/// The matrices in `bytes`, in the order in which they lie; what is wrong, in words.
pub fn unpacked_weights(bytes: &[u8]) -> Result<Weights, String> {
    let length = bytes.get(..8).and_then(|length| length.try_into().ok()).map(u64::from_le_bytes);
    let length = length.ok_or("it is too short")? as usize;
    if length > MOST_HEADER || bytes.len() < 8 + length {
        return Err("it is cut off, or no file of weights".into());
    }
    let header: Map<String, Value> =
        serde_json::from_slice(&bytes[8..8 + length]).map_err(|error| error.to_string())?;
    let numbers = &bytes[8 + length..];
    let mut parts = Vec::new();
    for (name, entry) in header {
        if name == "__metadata__" {
            continue;
        }
        let entry: Entry = serde_json::from_value(entry).map_err(|error| error.to_string())?;
        let [from, to] = entry.data_offsets;
        let (&[rows, columns], "F32") = (&entry.shape[..], entry.dtype.as_str()) else {
            return Err(format!("{name} is no matrix of 32-bit numbers"));
        };
        let wanted = rows.checked_mul(columns).and_then(|n| n.checked_mul(4));
        let own = numbers.get(from..to).filter(|own| Some(own.len()) == wanted);
        let own = own.ok_or_else(|| format!("{name} is cut off"))?;
        let values: Vec<f32> = own
            .chunks_exact(4)
            .map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]]))
            .collect();
        if values.iter().any(|x| !x.is_finite()) {
            return Err(format!("{name} holds what is no number"));
        }
        parts.push((from, Part { name, shape: [rows, columns], values }));
    }
    parts.sort_by_key(|(from, _)| *from);
    Ok(Weights { parts: parts.into_iter().map(|(_, part)| part).collect() })
}
