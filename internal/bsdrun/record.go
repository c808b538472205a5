//go:build linux && amd64

package main

import (
	"encoding/binary"
	"strings"
)

// record is a structure of the system's in memory of this program.
type record struct {
	*layout
	b []byte
}

// record returns an empty structure.
func (s *system) record(name string) record {
	l := s.layout(name)
	return record{l, make([]byte, l.size)}
}

// find returns a field by one of its names: systems call some differently.
func (r record) find(name string) (field, bool) {
	for n := range strings.SplitSeq(name, "|") {
		if f, ok := r.fields[n]; ok {
			return f, true
		}
	}
	return field{}, false
}

// put stores a number. "a|b" are names of one field; a "?" in front says that not every system has it.
func (r record) put(name string, v uint64) {
	optional := strings.HasPrefix(name, "?")
	f, ok := r.find(strings.TrimPrefix(name, "?"))
	if !ok {
		if !optional {
			panic("no field " + name)
		}
		return
	}
	var n [8]byte
	binary.LittleEndian.PutUint64(n[:], v)
	copy(r.b[f.off:f.off+f.size], n[:])
}

// get returns a number, without a sign.
func (r record) get(name string) uint64 {
	f, ok := r.find(name)
	if !ok {
		panic("no field " + name)
	}
	var n [8]byte
	copy(n[:], r.b[f.off:f.off+f.size])
	return binary.LittleEndian.Uint64(n[:])
}

// bytes returns the part of the structure that a field is.
func (r record) bytes(name string) []byte {
	f, ok := r.find(name)
	if !ok {
		panic("no field " + name)
	}
	return r.b[f.off : f.off+f.size]
}

// text stores a string that ends with a zero, cut to the field.
func (r record) text(name, s string) {
	b := r.bytes(name)
	copy(b[:len(b)-1], s)
}
