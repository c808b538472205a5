package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
)

// The loader section of XCOFF64, which debug packages do not read: IBM's "XCOFF Object File Format".
const (
	xcoff64Magic    = 0x1f7
	sectionLoader   = 0x1000 // STYP_LOADER
	loaderHeader    = 56
	loaderSymbol    = 24
	symbolImported  = 0x40 // L_IMPORT
	fileHeader      = 24
	sectionHeader   = 72
	offsetAuxHeader = 16
)

var errXcoff = errors.New("no program of AIX for 64 bits with a loader section")

// xcoffImports are the symbols that a program of AIX imports.
func xcoffImports(path string) ([]string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	be := binary.BigEndian
	if len(b) < fileHeader || be.Uint16(b) != xcoff64Magic {
		return nil, errXcoff
	}
	at := fileHeader + int(be.Uint16(b[offsetAuxHeader:]))
	for range be.Uint16(b[2:]) {
		if len(b) < at+sectionHeader {
			return nil, errXcoff
		}
		s := b[at:]
		at += sectionHeader
		start, size := be.Uint64(s[32:]), be.Uint64(s[24:])
		if be.Uint32(s[64:])&0xffff != sectionLoader {
			continue
		}
		if start+size > uint64(len(b)) || size < loaderHeader {
			return nil, errXcoff
		}
		return loaderImports(b[start : start+size])
	}
	return nil, errXcoff
}

func loaderImports(b []byte) (names []string, err error) {
	be := binary.BigEndian
	count, strings, symbols := be.Uint32(b[4:]), be.Uint64(b[32:]), be.Uint64(b[40:])
	for i := range uint64(count) {
		at := symbols + i*loaderSymbol
		if at+loaderSymbol > uint64(len(b)) {
			return nil, errXcoff
		}
		s := b[at:]
		if s[14]&symbolImported == 0 {
			continue
		}
		name := strings + uint64(be.Uint32(s[8:]))
		if name >= uint64(len(b)) {
			return nil, errXcoff
		}
		text, _, _ := bytes.Cut(b[name:], []byte{0})
		names = append(names, string(text))
	}
	return names, nil
}
