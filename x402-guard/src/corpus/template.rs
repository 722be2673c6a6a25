//! Templates: texts with slots for values.
//!
//! A template is a line. `{person}` is a slot, `<a|b|>` one of several texts (without further ones inside); a line that
//! begins with `&` is a form-encoded text. Braces and angle brackets of any other shape stand for themselves.

use crate::corpus::record::Field;

/// What a template is filled with first: templates are drawn by it, so that many templates of one kind do not crowd out
/// the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    Person,
    Place,
    Organisation,
    Email,
    Phone,
    Identifier,
    Card,
    Iban,
    Machine,
    Secret,
}

impl Group {
    /// Every group and how often it is drawn.
    pub(super) const WEIGHTS: [(Self, u64); 10] = [
        (Self::Person, 33),
        (Self::Place, 10),
        (Self::Organisation, 9),
        (Self::Email, 12),
        (Self::Phone, 8),
        (Self::Identifier, 13),
        (Self::Card, 4),
        (Self::Iban, 4),
        (Self::Machine, 4),
        (Self::Secret, 3),
    ];

    /// The group of a slot whose value is labelled; none for the others.
    pub(super) fn of(slot: &str) -> Option<Self> {
        Some(match slot {
            "person" | "person2" => Self::Person,
            "place" => Self::Place,
            "org" => Self::Organisation,
            "email" => Self::Email,
            "phone" => Self::Phone,
            "id" => Self::Identifier,
            "card" => Self::Card,
            "iban" => Self::Iban,
            "ip" | "mac" => Self::Machine,
            "secret" => Self::Secret,
            _ => return None,
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Text(&'static str),
    Slot(&'static str),
    OneOf(Vec<Vec<Part>>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template {
    pub(super) line: &'static str,
    pub(super) field: Field,
    pub(super) form_encoded: bool,
    pub(super) group: Option<Group>,
    pub(super) parts: Vec<Part>,
}

/// Reads a file: `[resource_url]`, `[description]` and `[reason]`, each with its templates.
pub(super) fn read(text: &'static str) -> Vec<Template> {
    let mut field = Field::ResourceUrl;
    let mut templates = Vec::new();
    for line in super::lists::lines(text) {
        match line {
            "[resource_url]" => field = Field::ResourceUrl,
            "[description]" => field = Field::Description,
            "[reason]" => field = Field::Reason,
            _ => templates.push(Template::new(line, field)),
        }
    }
    templates
}

impl Template {
    fn new(line: &'static str, field: Field) -> Self {
        let encoded = line.strip_prefix('&');
        let parts = parts(encoded.unwrap_or(line));
        Self {
            line,
            field,
            form_encoded: encoded.is_some(),
            group: group(&parts),
            parts,
        }
    }
}

/// The group of the first slot that has one.
fn group(parts: &[Part]) -> Option<Group> {
    parts.iter().find_map(|part| match part {
        Part::Text(_) => None,
        Part::Slot(slot) => Group::of(slot),
        Part::OneOf(choices) => choices.iter().find_map(|choice| group(choice)),
    })
}

fn parts(mut rest: &'static str) -> Vec<Part> {
    let mut parts = Vec::new();
    while let Some(at) = rest.find(['{', '<']) {
        let (text, marked) = rest.split_at(at);
        let (part, after) = slot(marked).or_else(|| choice(marked)).unwrap_or_else(|| {
            let (sign, after) = marked.split_at(1);
            (Part::Text(sign), after)
        });
        if !text.is_empty() {
            parts.push(Part::Text(text));
        }
        parts.push(part);
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    parts
}

fn slot(marked: &'static str) -> Option<(Part, &'static str)> {
    let (name, after) = marked.strip_prefix('{')?.split_once('}')?;
    let named = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    named.then_some((Part::Slot(name), after))
}

fn choice(marked: &'static str) -> Option<(Part, &'static str)> {
    let (choices, after) = marked.strip_prefix('<')?.split_once('>')?;
    choices
        .contains('|')
        .then(|| (Part::OneOf(choices.split('|').map(parts).collect()), after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_taken_apart() {
        let template = Template::new(r#"{"user":"{person}","<a|b{n}|>":1}"#, Field::Reason);
        let expected = vec![
            Part::Text("{"),
            Part::Text(r#""user":""#),
            Part::Slot("person"),
            Part::Text(r#"",""#),
            Part::OneOf(vec![
                vec![Part::Text("a")],
                vec![Part::Text("b"), Part::Slot("n")],
                vec![],
            ]),
            Part::Text(r#"":1}"#),
        ];
        assert_eq!(template.parts, expected);
        assert_eq!(template.group, Some(Group::Person));
    }

    #[test]
    fn an_encoded_line_says_so() {
        let template = Template::new("&user={email}", Field::Reason);
        assert!(template.form_encoded);
        assert_eq!(template.parts, [Part::Text("user="), Part::Slot("email")]);
    }
}
