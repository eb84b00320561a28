//! Ribbons as they lie on the screen, and on a picture.
