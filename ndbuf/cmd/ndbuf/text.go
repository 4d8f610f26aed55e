package main

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
)

// Names, formats and errors hold text from files. A terminal would obey what such text tells it: it is printed only after
// one of these functions.

// quoted returns s, as a Go string literal if it holds what is not printable.
func quoted(s string) string {
	for _, r := range s {
		if !strconv.IsPrint(r) {
			return strconv.Quote(s)
		}
	}
	return strings.ToValidUTF8(s, "\ufffd")
}

// escape returns s, what is not printable as in a Go string literal. Lines stay.
func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r == '\n' || strconv.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		q := strconv.QuoteRune(r)
		b.WriteString(q[1 : len(q)-1])
	}
	return b.String()
}

// escapeJSON returns a JSON text, what is not printable in its strings as escape sequences of JSON.
func escapeJSON(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r == '\n' || strconv.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			fmt.Fprintf(&b, "\\u%04x", unit)
		}
	}
	return b.String()
}

// tuple writes a shape as Python does.
func tuple(shape []int) string {
	text := "("
	for i, n := range shape {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprint(n)
	}
	if len(shape) == 1 {
		text += ","
	}
	return text + ")"
}

// indexText writes an index as it is written after an array: [3, 4].
func indexText(index []int) string {
	text := []byte{'['}
	for i, n := range index {
		if i > 0 {
			text = append(text, ", "...)
		}
		text = fmt.Append(text, n)
	}
	return string(append(text, ']'))
}

// An undecodable is the bytes of an item that has no value: text that is not Unicode.
type undecodable []byte

// valueText writes the value of an item for a message.
func valueText(v any) string {
	switch v := v.(type) {
	case undecodable:
		return fmt.Sprintf("bytes %x", []byte(v))
	case []byte:
		return fmt.Sprintf("%q", v)
	case string:
		return fmt.Sprintf("%q", v)
	}
	parts, ok := members(v)
	if !ok {
		return fmt.Sprint(v)
	}
	text := make([]string, len(parts))
	for i, p := range parts {
		text[i] = valueText(p)
	}
	return "[" + strings.Join(text, " ") + "]"
}
