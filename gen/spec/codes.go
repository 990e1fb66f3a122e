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
	CodeSyntax           = yaml.CodeSyntax           // the text is not valid YAML
	CodeIndentation      = yaml.CodeIndentation      // a line whose indentation fits no line before it
	CodeUnclosed         = yaml.CodeUnclosed         // a quote or a bracket that is not closed
	CodeEscape           = yaml.CodeEscape           // a wrong escape sequence in double quotes
	CodeAnchor           = yaml.CodeAnchor           // an anchor, an alias or a merge key
	CodeTag              = yaml.CodeTag              // a tag
	CodeDirective        = yaml.CodeDirective        // a line that begins with %
	CodeSeveralDocuments = yaml.CodeSeveralDocuments // a second document

	// Keys and values.
	CodeEmptySpec     = "empty-spec"            // the file is empty
	CodeUnknownKey    = "unknown-key"           // a key that does not exist
	CodeDuplicateKey  = "duplicate-key"         // a key twice in one mapping
	CodeMissingKey    = "missing-key"           // a required key is absent
	CodeMissingValue  = "missing-value"         // a key or a list item without a value
	CodeWrongType     = "wrong-type"            // a value of the wrong type, such as a list for a number
	CodeBadNumber     = "bad-number"            // a number that is not plain decimal
	CodeOutOfRange    = "out-of-range"          // a number too small or too large
	CodeBadDuration   = "bad-duration"          // not a duration
	CodeBadSize       = "bad-size"              // not a size in bytes
	CodeNeedsHold     = "needs-hold"            // a key that works only with key: hold
	CodeDurationRange = "duration-out-of-range" // a duration too short or too long
	CodeBadAddress    = "bad-address"           // a text that is not a host and a port
	CodeBadPath       = "bad-path"              // a text that is not the path of a URL
	CodeBadChoice     = "bad-choice"            // a text that is not one of the values of the key
	CodeBadVersion    = "bad-version"           // a version of the spec that is not known
	CodeEmptyList     = "empty-list"            // a list or a mapping without elements
	CodeEmptyText     = "empty-text"            // an empty text
	CodeTooLong       = "text-too-long"         // a text with too many letters
	CodeDuplicate     = "duplicate-value"       // a value twice in one list

	// Names.
	CodeBadName          = "bad-name"          // not an exported Go identifier
	CodeBadKind          = "bad-update-kind"   // a text that cannot be an update kind
	CodeBadConstraint    = "bad-constraint"    // neither built in nor a method
	CodeNoneAlone        = "none-not-alone"    // the constraint none combined with others
	CodeDuplicateHandler = "duplicate-handler" // two handlers with the same name
	CodeNameClash        = "name-clash"        // a method name that is used for two purposes

	// Sessions.
	CodeFieldsAndStates  = "fields-and-states" // a session with both
	CodeFewStates        = "few-states"        // a session with one state
	CodeInitialState     = "initial-state"     // the initial state with fields or a time-out
	CodeAfter            = "bad-after"         // a time-out of a state that cannot work
	CodeBadState         = "bad-state"         // a text that cannot name a state
	CodeDuplicateSession = "duplicate-session" // two sessions with the same name

	// Included files and groups.
	CodeBadInclude     = "bad-include"        // a path that leads out of the folder of the spec
	CodeInclude        = "unreadable-include" // an included file that does not exist or cannot be read
	CodeGroupPredicate = "group-predicate"    // a handler repeats or contradicts a predicate of its group

	// Handlers.
	CodeMissingTrigger  = "missing-trigger"   // a handler without a trigger
	CodeSeveralTriggers = "several-triggers"  // a handler with more than one trigger
	CodeNeedsCommand    = "needs-command"     // a key that works only with command
	CodeBadCommand      = "bad-command"       // a text that cannot be a command
	CodeBadPrefixes     = "bad-prefixes"      // a text that cannot be prefixes of commands
	CodeBadLanguage     = "bad-language"      // a text that is not the code of a language
	CodeBadQuery        = "bad-query"         // a text that cannot be a filter query
	CodeBadRegexp       = "bad-regexp"        // not a regular expression
	CodeBadGroup        = "bad-group-name"    // a named group whose name cannot be that of a field
	CodeBadCallback     = "bad-callback"      // a brace without its partner, or a field without a type
	CodeAdjacentFields  = "adjacent-fields"   // two fields with nothing between them
	CodeBadSeparator    = "bad-separator"     // a separator that the field before it could contain
	CodeBadField        = "bad-field-name"    // a name that cannot be that of a field
	CodeDuplicateField  = "duplicate-field"   // two fields with the same name
	CodeBadType         = "bad-type"          // not a type
	CodeBadDefault      = "bad-default"       // not a value of the type
	CodeFieldOrder      = "field-order"       // a field that can never get a value where it is
	CodeSmallBacklog    = "backlog-too-small" // a backlog that is smaller than concurrency
)
