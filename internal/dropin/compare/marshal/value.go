package main

import (
	"fmt"
	"strings"
)

// value is what an expression stands for: its text, in the function's parameters p0, p1 … and the call's results r0,
// r1, and its width.
type value struct {
	text   string
	size   int64 // in bytes; 0 for what is no number or pointer
	signed bool
}

// to converts a value as Go does: what is as wide keeps its bits, what is wider is extended by the sign that it has.
func (v value) to(size int64, signed bool) value {
	text := v.text
	switch {
	case v.constant() || v.size == 0 || size == v.size:
	case size < v.size:
		text = fmt.Sprintf("low%d(%s)", size*8, text)
	case v.signed:
		text = fmt.Sprintf("sext%d(%s)", size*8, text)
	default:
		text = fmt.Sprintf("zext%d(%s)", size*8, text)
	}
	return value{text, size, signed}
}

// constant reports whether a value is a number.
func (v value) constant() bool { return v.text != "" && strings.Trim(v.text, "-0123456789") == "" }

// call is one call of the kernel or of a C library.
type call struct {
	entry  string // how it is made: "raw" does not inform the scheduler
	target string // a number, or a library and its function
	slots  int    // how many arguments the entry point takes
	count  string // how many the call says that it has, where it says so
	args   []value
}

// marshalled is what a function makes of its parameters, and of what it gets back.
type marshalled struct {
	name    string
	calls   []call
	results []string // of a call that succeeds, without the error
	fails   string   // what the error is of a call that fails: "errno", or "" where it is ignored
	onlyIf  string   // what the result has to be besides
	params  int
}

// parts are what is compared, by their names.
func (m *marshalled) parts(slots bool) map[string]string {
	out := map[string]string{"calls": fmt.Sprint(len(m.calls)), "error": m.fails}
	for i, c := range m.calls {
		prefix := ""
		if len(m.calls) > 1 {
			prefix = fmt.Sprint("call", i, ".")
		}
		out[prefix+"entry"], out[prefix+"target"], out[prefix+"count"] = c.entry, c.target, c.count
		if slots {
			out[prefix+"slots"] = fmt.Sprint(c.slots)
		}
		for j, a := range c.args {
			if a.text != "0" { // beyond the last that is not, all are
				out[prefix+fmt.Sprint("arg", j)] = a.text
			}
		}
	}
	for i, r := range m.results {
		out[fmt.Sprint("result", i)] = r
	}
	for name, text := range out {
		if text == "" {
			delete(out, name)
		} else {
			out[name] = strings.ReplaceAll(text, " ", "")
		}
	}
	return out
}
