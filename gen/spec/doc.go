// Package spec reads spec.yaml: from YAML to a [Spec] whose every part knows its line and column.
//
// [Parse] is a pure function. It checks all that can be checked without the Bot API and without the author's
// package: keys, types, ranges, names, and the small languages inside the strings (arguments, callback patterns,
// regular expressions, filter queries). It reports every mistake at once. Whether an update kind, a filter query or a
// method exists is for package plan to say.
//
// The keys of the spec are described once, as data: see [Schema].
package spec
