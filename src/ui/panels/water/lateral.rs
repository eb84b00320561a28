//! How crossings lie along a gate, both directions, with the fitted distributions drawn over them.

use egui::{RichText, Sense, Shape, Stroke, TextStyle, Ui, vec2};
use egui_plot::{Bar, BarChart, PlotBounds};

use crate::base::text::{counted, grouped};
use crate::flow::report::lateral;
use crate::ui::plot::axis::{compact, spaced_marks};
use crate::ui::plot::{describe, offer_picture, quiet};
use crate::ui::water_view::Direction;
use crate::watch::gates::Flow;
use crate::watch::{Gate, Mixture};

/// How many points the line of a distribution has.
const STEPS: usize = 240;

/// Wider than this, what was fitted to both directions stands in one line, points of the screen.
const WIDE_PX: f32 = 780.0;

/// What was fitted to a direction, in words.
fn fit_text(flow: &Flow, least: usize) -> String {
    match &flow.lateral {
        Some(fit) => format!(
            "{:.0} % normal about {:+.0} m, sd {:.0} m; {:.0} % even over {} m",
            100.0 * fit.normal_share,
            fit.mean_m,
            fit.sd_m,
            100.0 * (1.0 - fit.normal_share),
            grouped((fit.high_m - fit.low_m).round() as u64),
        ),
        None if flow.crossings == 0 => "nobody".into(),
        None => format!("no distribution is fitted to less than {least}"),
    }
}

/// How many crossings of a bin are expected by what was fitted to `crossings`.
fn expected(fit: &Mixture, crossings: usize, bin_m: f64, x_m: f64) -> f64 {
    fit.density(x_m) * crossings as f64 * bin_m
}

/// Draws the crossings of both directions along the gate: the first upward, the other downward.
/// `name` is the gate's, and `toward` says where its last point lies.
pub fn lateral_ui(
    ui: &mut Ui,
    gate: &Gate,
    directions: &[Direction; 2],
    (name, toward): (&str, &str),
    least: usize,
) {
    ui.spacing_mut().interact_size.y = ui.text_style_height(&TextStyle::Small);
    ui.spacing_mut().item_spacing.y = 1.0;
    let line_ui = |ui: &mut Ui, which: usize| {
        let (flow, direction) = (&gate.flows[which], &directions[which]);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 5.0;
            let (dot, _) = ui.allocate_exact_size(vec2(9.0, 9.0), Sense::hover());
            ui.painter().rect_filled(dot, 2.0, direction.color);
            let n = counted(flow.crossings as u64, "crossing");
            let text = format!("{}, {n}: {}", direction.name, fit_text(flow, least));
            ui.add(egui::Label::new(RichText::new(text).small()).truncate());
        });
    };
    if ui.available_width() > WIDE_PX {
        ui.columns(2, |columns| {
            columns.iter_mut().enumerate().for_each(|(which, ui)| line_ui(ui, which));
        });
    } else {
        (0..2).for_each(|which| line_ui(ui, which));
    }
    let head_px = vec2(ui.available_width(), ui.text_style_height(&TextStyle::Small));
    let (head, _) = ui.allocate_exact_size(head_px, Sense::hover());
    let half_m = 0.5 * gate.length_m;
    let signs = [1.0, -1.0];
    let most = |which: usize| {
        let flow = &gate.flows[which];
        let bars = flow.bins.iter().copied().max().unwrap_or(0);
        let top = flow.lateral.map_or(0.0, |fit| {
            expected(&fit, flow.crossings, gate.bin_m, fit.mean_m.clamp(-half_m, half_m))
        });
        top.max(f64::from(bars)).max(1.0) * 1.08
    };
    let (up, down) = (most(0), most(1));
    let title = format!("{name}: m from its middle, {toward} on the right");
    let plot = quiet("Lateral distribution")
        .show_axes([true, true])
        .y_axis_min_width(30.0)
        .x_grid_spacer(|input| spaced_marks(&input, 80.0))
        .y_grid_spacer(|input| spaced_marks(&input, 24.0))
        .x_axis_formatter(|mark, _| format!("{:.0}", mark.value))
        .y_axis_formatter(|mark, _| compact(mark.value.abs()))
        .show(ui, |plot| {
            plot.set_plot_bounds(PlotBounds::from_min_max([-half_m, -down], [half_m, up]));
            for (which, (flow, direction)) in gate.flows.iter().zip(directions).enumerate() {
                let bars = flow.bins.iter().enumerate().filter(|(_, n)| **n > 0).map(|(bin, n)| {
                    let middle_m = (bin as f64 + 0.5) * gate.bin_m - half_m;
                    Bar::new(middle_m, signs[which] * f64::from(*n))
                        .width(gate.bin_m * 0.94)
                        .fill(direction.color.gamma_multiply(0.55))
                        .stroke(Stroke::NONE)
                });
                let chart = BarChart::new(direction.name.clone(), bars.collect());
                plot.bar_chart(chart.color(direction.color).allow_hover(false));
            }
        });
    let painter = ui.painter().with_clip_rect(plot.transform.frame().intersect(ui.clip_rect()));
    for (which, (flow, direction)) in gate.flows.iter().zip(directions).enumerate() {
        let Some(fit) = &flow.lateral else { continue };
        let points = (0..=STEPS).map(|step| {
            let x_m = half_m * (2.0 * step as f64 / STEPS as f64 - 1.0);
            let n = signs[which] * expected(fit, flow.crossings, gate.bin_m, x_m);
            plot.transform.position_from_point(&egui_plot::PlotPoint::new(x_m, n))
        });
        painter.add(Shape::line(points.collect(), Stroke::new(2.0, direction.color)));
    }
    describe(&plot.response, &said(gate, directions, least));
    offer_picture(&plot.response, || {
        lateral(name, gate, directions.each_ref().map(|direction| direction.name.as_str()))
    });
    let bin = plot.response.hover_pos().and_then(|at| {
        let x_m = plot.transform.value_from_position(at).x + half_m;
        (0.0..gate.length_m).contains(&x_m).then(|| (x_m / gate.bin_m) as usize)
    });
    let text = match bin {
        Some(bin) => {
            let from_m = bin as f64 * gate.bin_m - half_m;
            let n = |which: usize| {
                let n = gate.flows[which].bins.get(bin).copied().unwrap_or(0);
                format!("{} {}", grouped(n.into()), directions[which].name)
            };
            let to_m = (from_m + gate.bin_m).min(half_m);
            RichText::new(format!("{from_m:.0} to {to_m:.0} m: {}, {}", n(0), n(1))).small()
        }
        None => RichText::new(title).small().weak(),
    };
    ui.put(head, egui::Label::new(text).truncate().selectable(false));
}

/// All of it in words.
fn said(gate: &Gate, directions: &[Direction; 2], least: usize) -> String {
    let parts = gate.flows.iter().zip(directions).map(|(flow, direction)| {
        format!("{} {}, {}", flow.crossings, direction.name, fit_text(flow, least))
    });
    format!("Lateral distribution: {}", parts.collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
mod tests {
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    use super::*;
    use crate::ui::panels::water::made;

    #[test]
    fn what_was_fitted_is_said_and_drawn_for_both_directions() {
        let gate = made::gate(40, 3);
        let flow = &gate.flows[1];
        let fit = flow.lateral.unwrap();
        let text = fit_text(flow, 10);
        assert!(text.contains(&format!("sd {:.0} m", fit.sd_m)), "{text}");
        assert_eq!(fit_text(&gate.flows[0], 10), "no distribution is fitted to less than 10");
        let mut harness = Harness::builder().with_size([500.0, 250.0]).build_ui(move |ui| {
            let directions = made::directions();
            lateral_ui(ui, &gate, &directions, ("Gate", "east"), 10);
        });
        harness.run();
        harness.get_by_label_contains("Lateral distribution: 3 southbound, no distribution");
        harness.get_by_label_contains("northbound, 40 crossings: ");
    }

    #[test]
    fn a_density_times_crossings_and_bin_is_a_count() {
        let fit = Mixture {
            normal_share: 0.0,
            mean_m: 0.0,
            sd_m: 10.0,
            low_m: -500.0,
            high_m: 500.0,
            log_likelihood: 0.0,
        };
        // A hundred crossings even over ten bins.
        assert!((expected(&fit, 100, 100.0, 20.0) - 10.0).abs() < 1e-9);
    }
}
