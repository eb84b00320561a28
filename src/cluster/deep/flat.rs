//! Embeddings seen from where they spread most: principal components.

use crate::base::job::Stopped;
use crate::base::linalg::{Matrix, eigen};
use crate::learn::Table;

/// Points on a plane, and how much of their spread it shows.
#[derive(Clone, PartialEq, Debug)]
pub struct Flat {
    /// A place for each row.
    pub xy: Vec<[f32; 2]>,
    /// The share of the variance that both axes show, 0 to 1; 1 where there is none.
    pub share: f64,
}

/// The two principal components of `rows`: where they spread most. Each axis points to where its
/// largest weight is positive, so that pictures do not flip.
///
/// # Errors
///
/// [`Stopped::Failed`] where a number is not finite.
pub fn principal_plane(rows: &Table) -> Result<Flat, Stopped> {
    let (n, width) = (rows.len(), rows.width());
    if n == 0 || width == 0 {
        return Ok(Flat { xy: Vec::new(), share: 1.0 });
    }
    let mut mean = vec![0.0; width];
    for row in rows {
        mean.iter_mut().zip(row).for_each(|(mean, x)| *mean += f64::from(*x) / n as f64);
    }
    let mut covariance = Matrix::zeros(width, width);
    for row in rows {
        let off: Vec<f64> = row.iter().zip(&mean).map(|(x, mean)| f64::from(*x) - mean).collect();
        for i in 0..width {
            for j in 0..=i {
                *covariance.at_mut(i, j) += off[i] * off[j] / n as f64;
            }
        }
    }
    let found = eigen(&covariance)?;
    let axis = |place: usize| -> Vec<f64> {
        let Some(column) = width.checked_sub(1 + place) else { return vec![0.0; width] };
        let axis: Vec<f64> = (0..width).map(|i| found.vectors.at(i, column)).collect();
        let largest =
            axis.iter().copied().fold(0.0, |a: f64, b| if b.abs() > a.abs() { b } else { a });
        axis.into_iter().map(|x| x * largest.signum()).collect()
    };
    let axes = [axis(0), axis(1)];
    let onto = |row: &[f32], axis: &[f64]| -> f32 {
        let off = row.iter().zip(&mean).map(|(x, mean)| f64::from(*x) - mean);
        off.zip(axis).map(|(off, axis)| off * axis).sum::<f64>() as f32
    };
    let xy = rows.iter().map(|row| [onto(row, &axes[0]), onto(row, &axes[1])]).collect();
    let all: f64 = found.values.iter().map(|value| value.max(0.0)).sum();
    let two: f64 = found.values.iter().rev().take(2).map(|value| value.max(0.0)).sum();
    Ok(Flat { xy, share: if all > 0.0 { two / all } else { 1.0 } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_axis_comes_first_and_points_the_same_way() {
        // Along the third number by 3, along the first by 1.
        let rows = [[1.0, 5.0, 0.0], [-1.0, 5.0, 0.0], [0.0, 5.0, 3.0], [0.0, 5.0, -3.0]];
        let flat = principal_plane(&Table::new(3, rows.concat())).unwrap();
        let wanted = [[0.0, 1.0], [0.0, -1.0], [3.0, 0.0], [-3.0, 0.0]];
        for (xy, wanted) in flat.xy.iter().zip(wanted) {
            assert!((xy[0] - wanted[0]).abs() < 1e-6 && (xy[1] - wanted[1]).abs() < 1e-6, "{xy:?}");
        }
        assert!((flat.share - 1.0).abs() < 1e-12);
    }

    #[test]
    fn one_number_and_equal_rows_lie_somewhere() {
        let flat = principal_plane(&Table::new(1, vec![1.0, 3.0])).unwrap();
        assert_eq!(flat.xy, [[-1.0, 0.0], [1.0, 0.0]]);
        let flat = principal_plane(&Table::new(2, vec![4.0; 6])).unwrap();
        assert_eq!((flat.xy, flat.share), (vec![[0.0, 0.0]; 3], 1.0));
        assert!(principal_plane(&Table::default()).unwrap().xy.is_empty());
    }
}
