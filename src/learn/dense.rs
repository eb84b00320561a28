//! Layers in which every number reaches every other: the part that all networks share.

use burn::tensor::Tensor;
use burn::tensor::activation::relu;

use super::weights::{Begin, Placed, Slot};

/// The matrices of a stack of layers `widths[0] -> widths[1] -> ...`: a weight and a bias each,
/// ReLU between them, the last one linear.
pub(super) fn slots(prefix: &str, widths: &[usize]) -> Vec<Slot> {
    let n = widths.len().saturating_sub(1);
    let layer = |(at, pair): (usize, &[usize])| {
        let begin = if at + 1 == n { Begin::Glorot } else { Begin::He };
        [
            Slot::new(format!("{prefix}.{at}.weight"), pair[0], pair[1], begin),
            Slot::new(format!("{prefix}.{at}.bias"), 1, pair[1], Begin::Constant(0.0)),
        ]
    };
    widths.windows(2).enumerate().flat_map(layer).collect()
}

/// `x` through a stack of `layers` whose first matrix is `at`: `[batch, in] -> [batch, out]`.
pub(super) fn forward(weights: &Placed, at: usize, layers: usize, x: Tensor<2>) -> Tensor<2> {
    let mut x = x;
    for layer in 0..layers {
        let place = at + 2 * layer;
        x = x.matmul(weights.at(place)) + weights.at(place + 1);
        if layer + 1 < layers {
            x = relu(x);
        }
    }
    x
}
