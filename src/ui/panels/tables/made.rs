//! What is made ready of a result for a table, kept while the result stays.

/// A sheet and what it was made of.
pub struct Made<O, S>(Option<(O, S)>);

impl<O, S> Default for Made<O, S> {
    fn default() -> Self {
        Made(None)
    }
}

impl<O: PartialEq, S> Made<O, S> {
    /// The sheet of `of`, made anew if the one at hand is of something else.
    pub fn get(&mut self, of: O, make: impl FnOnce() -> S) -> &S {
        let at_hand = self.0.take().filter(|(made_of, _)| *made_of == of);
        let (_, sheet) = self.0.insert(at_hand.unwrap_or_else(|| (of, make())));
        sheet
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_made_once_for_each_result() {
        let mut made = Made::default();
        assert_eq!(made.get(1, || "one"), &"one");
        assert_eq!(made.get(1, || "another"), &"one");
        assert_eq!(made.get(2, || "two"), &"two");
        assert_eq!(made.get(1, || "another"), &"another");
    }
}
