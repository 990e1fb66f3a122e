package spec

import "github.com/tggen/tggen/gen/spec/internal/yaml"

// The codes of the diagnostics of [Parse].
const (
	// The file as YAML.
	CodeTooLarge         = yaml.CodeTooLarge         // more than a megabyte
	CodeNotUTF8          = yaml.CodeNotUTF8          // a byte that is not UTF-8
	CodeBadCharacter     = yaml.CodeBadCharacter     // a control character
	CodeTab              = yaml.CodeTab              // a tab in the indentation
	CodeTooDeep          = yaml.CodeTooDeep          // nested too deep
	CodeTooMany          = yaml.CodeTooMany          // the diagnostics end here
	CodeSyntax           = yaml.CodeSyntax           // not YAML
	CodeIndentation      = yaml.CodeIndentation      // a line that fits no line before it
	CodeUnclosed         = yaml.CodeUnclosed         // an open quote or bracket
	CodeEscape           = yaml.CodeEscape           // a backslash in double quotes
	CodeAnchor           = yaml.CodeAnchor           // an anchor, an alias or a merge key
	CodeTag              = yaml.CodeTag              // a tag
	CodeDirective        = yaml.CodeDirective        // a line that begins with %
	CodeSeveralDocuments = yaml.CodeSeveralDocuments // a second document

	// Keys and values.
	CodeEmptySpec     = "empty-spec"            // nothing in the file
	CodeUnknownKey    = "unknown-key"           // a key that there is not
	CodeDuplicateKey  = "duplicate-key"         // a key twice in one mapping
	CodeMissingKey    = "missing-key"           // a required key that is not there
	CodeMissingValue  = "missing-value"         // a key or a list item without a value
	CodeWrongType     = "wrong-type"            // a list for a number, and the like
	CodeBadNumber     = "bad-number"            // a number that is not plain decimal
	CodeOutOfRange    = "out-of-range"          // a number too small or too large
	CodeBadDuration   = "bad-duration"          // not a duration
	CodeDurationRange = "duration-out-of-range" // a duration too short or too long
	CodeBadChoice     = "bad-choice"            // none of the values that a key may have
	CodeBadVersion    = "bad-version"           // a version of the spec that is not known
	CodeEmptyList     = "empty-list"            // a list or a mapping that needs an element
	CodeEmptyText     = "empty-text"            // a text that needs a letter
	CodeTooLong       = "text-too-long"         // a text with too many letters
	CodeDuplicate     = "duplicate-value"       // a value twice in one list

	// Names.
	CodeBadName          = "bad-name"          // not an exported Go identifier
	CodeBadKind          = "bad-update-kind"   // not the form of an update kind
	CodeBadConstraint    = "bad-constraint"    // neither built in nor a method
	CodeNoneAlone        = "none-not-alone"    // the constraint none beside others
	CodeDuplicateHandler = "duplicate-handler" // two handlers of one name
	CodeNameClash        = "name-clash"        // one method name for two purposes

	// Handlers.
	CodeMissingTrigger  = "missing-trigger"   // a handler without a trigger
	CodeSeveralTriggers = "several-triggers"  // a handler with more than one
	CodeNeedsCommand    = "needs-command"     // a key that goes with command only
	CodeBadCommand      = "bad-command"       // not the form of a command
	CodeBadPrefixes     = "bad-prefixes"      // not prefixes of commands
	CodeBadQuery        = "bad-query"         // not the form of a filter query
	CodeBadRegexp       = "bad-regexp"        // not a regular expression
	CodeBadGroup        = "bad-group-name"    // a named group that cannot be a field
	CodeBadCallback     = "bad-callback"      // a brace in a pattern that has no other
	CodeAdjacentFields  = "adjacent-fields"   // two fields with nothing between
	CodeBadSeparator    = "bad-separator"     // a separator that the field before it may contain
	CodeBadField        = "bad-field-name"    // a name that cannot be a field
	CodeDuplicateField  = "duplicate-field"   // two fields of one name
	CodeBadType         = "bad-type"          // not a type
	CodeBadDefault      = "bad-default"       // not a value of the type
	CodeFieldOrder      = "field-order"       // a field that nothing can reach
	CodeSmallBacklog    = "backlog-too-small" // a backlog that holds fewer than run at once
)
