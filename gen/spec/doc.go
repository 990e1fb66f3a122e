// Package spec reads spec.yaml into a [Spec]. Every part of it knows its line and column.
//
// [Parse] is a pure function. It checks everything that can be checked without the Bot API and without the author's
// package: keys, types, ranges, names, and the small languages inside the strings (arguments, callback patterns,
// regular expressions, filter queries). It reports all mistakes at once. Package plan checks whether an update kind, a
// filter query or a method exists.
//
// The keys of the spec are described once, as data, for the parser and for the JSON Schema: see [Schema].
package spec
