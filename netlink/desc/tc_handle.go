package desc

import (
	"fmt"
	"strconv"
	"strings"

	"kern.sys/internal/uapi"
)

// Tc holds the parts of a message that options of traffic control depend on: struct tcmsg, and what the command
// line has of it.
type Tc struct {
	Handle   uint32 // of the object; reading a filter sets it
	Parent   uint32
	Protocol uint16 // of a filter (ETH_P_…), in the machine's byte order
	Priority uint16 // of a filter
	Link     int    // the index of the device of a filter

	// HandleWord is what the command line had for the handle of a filter, which each kind reads in its own way.
	HandleWord string
	// Speed returns how fast the link is, in bits a second, for rates in percent of it.
	Speed func() (float64, error)
	// Create is set by options that have an object made even by a command that changes one.
	Create bool
	// Options is set by words that make no attribute, but have the options sent, even without any.
	Options bool
	// Template says that the options are those of a chain's template.
	Template bool
}

// hexPrefix reads the hexadecimal number that s begins with, as C's strtoul does, and returns what follows it.
func hexPrefix(s string) (n uint64, rest string, ok bool) {
	digits := strings.TrimPrefix(strings.TrimPrefix(s, "0x"), "0X")
	end := 0
	for end < len(digits) && strings.IndexByte("0123456789abcdefABCDEF", digits[end]) >= 0 {
		end++
	}
	n, err := strconv.ParseUint(digits[:end], 16, 64)
	return n, digits[end:], err == nil
}

// ParseQdiscHandle reads the handle of a queueing discipline: "none", or its major number, with a colon or not.
func ParseQdiscHandle(word string) (uint32, bool) {
	if word == "none" {
		return uapi.TC_H_UNSPEC, true
	}
	major, rest, ok := hexPrefix(word)
	if !ok || major >= 1<<16 || rest != "" && rest[0] != ':' {
		return 0, false
	}
	return uint32(major) << 16, true
}

// ParseClassID reads the handle of a class: "root", "none", MAJOR:MINOR, or both as one number.
func ParseClassID(word string) (uint32, bool) {
	switch word {
	case "root":
		return uapi.TC_H_ROOT, true
	case "none":
		return uapi.TC_H_UNSPEC, true
	}
	major, rest, ok := hexPrefix(word)
	if !ok && !strings.HasPrefix(word, ":") {
		return 0, false
	}
	minorText, colon := strings.CutPrefix(rest, ":")
	if !colon {
		return uint32(major), rest == "" // tc takes the lower half, too
	}
	minor, rest, ok := hexPrefix(minorText)
	if major >= 1<<16 || rest != "" || !ok && minorText != "" || minor >= 1<<16 {
		return 0, false
	}
	return uint32(major)<<16 | uint32(minor), true
}

// ClassID is a handle as tc shows it: "root", "none", ":10", "1:", "1:10". With -nm the name of a class stands before
// it.
func (p *Printer) ClassID(h uint32) string {
	major, minor := h>>16, h&0xffff
	text := ""
	switch {
	case h == uapi.TC_H_ROOT:
		text = "root"
	case h == uapi.TC_H_UNSPEC:
		text = "none"
	case major == 0:
		text = fmt.Sprintf(":%x", minor)
	case minor == 0:
		text = fmt.Sprintf("%x:", major)
	default:
		text = fmt.Sprintf("%x:%x", major, minor)
	}
	if p.ClassName != nil {
		if name := p.ClassName(h); name != "" {
			return name + "#" + text
		}
	}
	return text
}
