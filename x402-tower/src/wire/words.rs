//! Words that the protocol itself puts into messages, and so are nobody's personal data.

/// Most digits in a key that a log may show; a longer row of digits could be a number of somebody.
const MAX_KEY_DIGITS: usize = 4;

/// Fewest digits of a number that could identify somebody (a social security number).
const MIN_PERSONAL_DIGITS: usize = 9;

/// Whether a log may show a key as it is: short, ASCII, and no number of anybody.
pub(super) fn is_identifier(key: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'$');
    (1..=32).contains(&key.len()) && is_written_in(key, allowed)
}

/// Whether a key of unknown origin is a word that names a field, and nobody: letters only.
pub(super) fn is_plain_word(key: &str) -> bool {
    key.len() <= 32 && key.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// Whether a number has enough digits to identify somebody.
pub(super) fn may_be_personal_number(raw: &str) -> bool {
    digits(raw) >= MIN_PERSONAL_DIGITS
}

/// Whether a text is a media type and nothing more (RFC 9110 section 8.3.1).
pub(super) fn is_media_type(text: &str) -> bool {
    let allowed = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'/' | b'+' | b'-' | b'.' | b';' | b'=' | b' ')
    };
    text.len() <= 64 && is_written_in(text, allowed)
}

/// Whether a text has `allowed` bytes alone, and few digits. Looks at every byte, without leaving early, so that the
/// compiler can look at many at a time.
fn is_written_in(text: &str, allowed: impl Fn(u8) -> bool) -> bool {
    let (all, digits) = text.bytes().fold((true, 0), |(all, digits), byte| {
        (
            all & allowed(byte),
            digits + usize::from(byte.is_ascii_digit()),
        )
    });
    all && digits <= MAX_KEY_DIGITS
}

fn digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

/// Keys of the x402 specifications and their registered extensions, and of JSON Schema.
pub(super) fn is_protocol_word(key: &str) -> bool {
    matches!(
        key,
        "url"
            | "description"
            | "mimeType"
            | "serviceName"
            | "tags"
            | "iconUrl"
            | "name"
            | "version"
            | "memo"
            | "assetTransferMethod"
            | "paymentFlow"
            | "feePayer"
            | "facilitatorAddress"
            | "bazaar"
            | "payment-identifier"
            | "sign-in-with-x"
            | "offer-receipt"
            | "http-message-signatures"
            | "eip2612GasSponsoring"
            | "erc20ApprovalGasSponsoring"
            | "info"
            | "input"
            | "output"
            | "method"
            | "queryParams"
            | "pathParams"
            | "body"
            | "bodyType"
            | "bodyFields"
            | "headers"
            | "headerFields"
            | "discoverable"
            | "id"
            | "domain"
            | "uri"
            | "chainId"
            | "nonce"
            | "issuedAt"
            | "expirationTime"
            | "notBefore"
            | "requestId"
            | "resources"
            | "statement"
            | "supportedChains"
            | "signature"
            | "address"
            | "offers"
            | "receipt"
            | "payload"
            | "authorization"
            | "permit2Authorization"
            | "permitted"
            | "witness"
            | "from"
            | "to"
            | "value"
            | "validAfter"
            | "validBefore"
            | "token"
            | "amount"
            | "spender"
            | "deadline"
            | "facilitator"
            | "transaction"
            | "errorReason"
            | "errorMessage"
            | "invalidReason"
            | "invalidMessage"
            | "extensions"
            | "extra"
            | "extensionResponses"
    ) || is_schema_word(key)
}

/// Keywords and type names of JSON Schema, draft 2020-12.
pub(super) fn is_schema_word(word: &str) -> bool {
    matches!(
        word,
        "$schema"
            | "$id"
            | "$ref"
            | "$defs"
            | "$comment"
            | "$anchor"
            | "definitions"
            | "schema"
            | "type"
            | "properties"
            | "required"
            | "additionalProperties"
            | "patternProperties"
            | "propertyNames"
            | "items"
            | "prefixItems"
            | "contains"
            | "enum"
            | "const"
            | "title"
            | "default"
            | "example"
            | "examples"
            | "format"
            | "pattern"
            | "minLength"
            | "maxLength"
            | "minimum"
            | "maximum"
            | "exclusiveMinimum"
            | "exclusiveMaximum"
            | "multipleOf"
            | "minItems"
            | "maxItems"
            | "uniqueItems"
            | "minProperties"
            | "maxProperties"
            | "allOf"
            | "anyOf"
            | "oneOf"
            | "not"
            | "if"
            | "then"
            | "else"
            | "readOnly"
            | "writeOnly"
            | "deprecated"
            | "string"
            | "object"
            | "array"
            | "number"
            | "integer"
            | "boolean"
            | "null"
            | "http"
            | "json"
            | "GET"
            | "POST"
            | "PUT"
            | "PATCH"
            | "DELETE"
            | "https://json-schema.org/draft/2020-12/schema"
            | "http://json-schema.org/draft-07/schema#"
    )
}
