package main

import (
	"bytes"
	"debug/dwarf"
	"debug/elf"
	"debug/macho"
	"encoding/binary"
	"fmt"
	"os"
)

// object is what is read of an object file, in whichever format the system has.
type object struct {
	order   binary.ByteOrder
	symbols map[string]place
	dwarf   *dwarf.Data
}

// place is where a symbol's bytes begin: the rest of its section, nil for a section that is all zeros.
type place struct {
	rest  []byte
	zeros bool
}

// openObject reads an ELF or a Mach-O file.
func openObject(file string) (*object, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(b, []byte(elf.ELFMAG)) {
		return readELF(b)
	}
	return readMachO(b)
}

func readELF(b []byte) (*object, error) {
	f, err := elf.NewFile(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	o := &object{order: f.ByteOrder, symbols: map[string]place{}}
	symbols, err := f.Symbols()
	if err != nil {
		return nil, err
	}
	for _, s := range symbols {
		if s.Section == elf.SHN_UNDEF || int(s.Section) >= len(f.Sections) {
			continue
		}
		sec := f.Sections[s.Section]
		if o.symbols[s.Name], err = symbolPlace(s.Name, sec.Type == elf.SHT_NOBITS, sec.Data, s.Value); err != nil {
			return nil, err
		}
	}
	o.dwarf, err = f.DWARF()
	return o, err
}

// Of the flags of a Mach-O section, the type, and the type that has zeros and no bytes (S_ZEROFILL).
const (
	machoSectionType = 0xff
	machoZeroFill    = 1
)

func readMachO(b []byte) (*object, error) {
	f, err := macho.NewFile(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	o := &object{order: f.ByteOrder, symbols: map[string]place{}}
	if f.Symtab == nil {
		return nil, fmt.Errorf("no symbols")
	}
	for _, s := range f.Symtab.Syms {
		if s.Sect == 0 || int(s.Sect) > len(f.Sections) || len(s.Name) == 0 {
			continue
		}
		sec := f.Sections[s.Sect-1]
		// C's names have an underscore before them.
		if o.symbols[s.Name[1:]], err = symbolPlace(s.Name, sec.Flags&machoSectionType == machoZeroFill, sec.Data,
			s.Value-sec.Addr); err != nil {
			return nil, err
		}
	}
	o.dwarf, err = f.DWARF()
	return o, err
}

func symbolPlace(name string, zeros bool, data func() ([]byte, error), offset uint64) (place, error) {
	if zeros {
		return place{zeros: true}, nil
	}
	b, err := data()
	if err != nil {
		return place{}, fmt.Errorf("symbol %s: %w", name, err)
	}
	if offset > uint64(len(b)) {
		return place{}, fmt.Errorf("symbol %s is at %d of %d bytes", name, offset, len(b))
	}
	return place{rest: b[offset:]}, nil
}

// bytes returns the first n bytes of a symbol.
func (o *object) bytes(symbol string, n uint64) ([]byte, error) {
	p, ok := o.symbols[symbol]
	switch {
	case !ok:
		return nil, fmt.Errorf("no symbol %s in the object", symbol)
	case p.zeros && n < 1<<20:
		return make([]byte, n), nil
	case n > uint64(len(p.rest)):
		return nil, fmt.Errorf("symbol %s has %d bytes, not %d", symbol, len(p.rest), n)
	}
	return p.rest[:n], nil
}

// number returns the integer that a symbol of probeType holds, in decimal.
func (o *object) number(symbol string) (text string, bits uint64, err error) {
	b, err := o.bytes(symbol, 16)
	if err != nil {
		return "", 0, err
	}
	bits = o.order.Uint64(b)
	if o.order.Uint64(b[8:]) != 0 {
		return fmt.Sprint(int64(bits)), bits, nil
	}
	return fmt.Sprint(bits), bits, nil
}
