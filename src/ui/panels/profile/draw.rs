//! The two plots: axes, lines and marks.

use egui::{Color32, Mesh, Painter, Pos2, Stroke, Ui};

use super::linked::{self, COURSES_DEG, Lines, Output, course_plot, speed_plot};
use super::thin::{Class, Columns};
use super::{Thinned, axis};
use crate::ui::theme;

/// Speed over ground as lines.
pub fn speed_ui(
    ui: &mut Ui,
    columns: Columns,
    height_px: f32,
    thinned: &Thinned,
    lines: &Lines,
) -> Output {
    let top_kn = f64::from(thinned.top_kn) * 1.08;
    let plot = axis::over_time(speed_plot(height_px));
    let output = linked::show(ui, plot, columns.view, (0.0, top_kn), lines);
    output.name("Speed over ground, kn");
    let painter = ui.painter().with_clip_rect(*output.transform.frame());
    for class in Class::ALL {
        let strokes = thinned.speeds.iter().filter(|stroke| stroke.class == class);
        linked::paint_strokes(&painter, &output, strokes, class_look(ui, class));
    }
    for cross in thinned.crosses.iter().filter(|cross| !cross.sog_kn.is_nan()) {
        draw_cross(
            ui,
            &painter,
            output.at(cross.t_ms as f64, cross.sog_kn.into()),
            cross.is_mended,
        );
    }
    output
}

/// Course over ground as marks: a line would jump at 360°.
pub fn course_ui(
    ui: &mut Ui,
    columns: Columns,
    height_px: f32,
    thinned: &Thinned,
    lines: &Lines,
) -> Output {
    let plot = axis::over_time(course_plot(height_px));
    let output = linked::show(ui, plot, columns.view, COURSES_DEG, lines);
    output.name("Course over ground, degrees");
    let painter = ui.painter().with_clip_rect(*output.transform.frame());
    let rows = (height_px as u32).clamp(1, 128);
    let mut mesh = Mesh::default();
    let look = |mark: &super::thin::Mark| class_look(ui, mark.class);
    linked::add_marks(&mut mesh, &output, columns, rows, thinned.courses.iter(), look);
    painter.add(mesh);
    for cross in thinned.crosses.iter().filter(|cross| !cross.is_mended && !cross.cog_deg.is_nan())
    {
        draw_cross(ui, &painter, output.at(cross.t_ms as f64, cross.cog_deg.into()), false);
    }
    output
}

fn class_look(ui: &Ui, class: Class) -> (Color32, f32) {
    match class {
        Class::Outside => (ui.visuals().weak_text_color().gamma_multiply(0.6), 1.0),
        Class::Trip => (ui.visuals().hyperlink_color, 1.2),
        Class::Selected => (theme::selection_color(ui), 1.8),
    }
}

fn draw_cross(ui: &Ui, painter: &Painter, at: Pos2, is_mended: bool) {
    let color = if is_mended { theme::warning_color(ui) } else { theme::fault_color(ui) };
    let stroke = Stroke::new(1.3, color);
    for (dx, dy) in [(3.0, 3.0), (3.0, -3.0)] {
        let arm = egui::vec2(dx, dy);
        painter.line_segment([at - arm, at + arm], stroke);
    }
}
