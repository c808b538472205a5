package bpf

import (
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unsafe"

	"github.com/cilium/ebpf"

	"kern.sys/netlink/desc"
	"kern.sys/unix"
)

// mapDef is a map of an object file. Behind the first five numbers of its definition in the section "maps", struct
// bpf_elf_map of iproute2 has the other ones.
type mapDef struct {
	name      string
	spec      *ebpf.MapSpec
	id        uint32 // what other maps and sections call it
	pinning   uint32
	innerID   uint32 // of a map of maps: what its inner maps are called
	innerSlot uint32 // of an inner map: where it stands in the map of maps
}

// noSlot is the slot of an inner map that only says what others are like.
const noSlot = math.MaxUint32

// What struct bpf_elf_map says of pinning. Other numbers stand for directories that bpf_pinning names.
const (
	pinNone = iota
	pinObject
	pinGlobal
)

// readMaps notes the maps in the order of the file, and resolves what they say of each other.
func (o *object) readMaps() error {
	for _, s := range o.symbols {
		spec := o.spec.Maps[s.name]
		if spec == nil || s.section != ".maps" && !strings.HasPrefix(s.section, "maps") {
			continue
		}
		m := mapDef{name: s.name, spec: spec}
		if spec.Extra != nil {
			b, err := io.ReadAll(spec.Extra)
			if err != nil {
				return desc.Failed("Map %s of object %s cannot be read: %v", s.name, o.File, err)
			}
			more := []*uint32{&m.id, &m.pinning, &m.innerID, &m.innerSlot}
			if len(b)%4 != 0 || len(b) > 4*len(more) {
				return desc.Failed("The definition of map %s of object %s has %d bytes behind its first five numbers",
					s.name, o.File, len(b))
			}
			for i := range len(b) / 4 {
				*more[i] = o.spec.ByteOrder.Uint32(b[4*i:])
			}
			spec.Extra = nil
		}
		o.maps = append(o.maps, m)
	}
	for _, outer := range o.maps {
		if outer.innerID == 0 || outer.spec.Type != ebpf.ArrayOfMaps && outer.spec.Type != ebpf.HashOfMaps {
			continue
		}
		for _, inner := range o.maps {
			if inner.id != outer.innerID || inner.innerID != 0 {
				continue
			}
			if outer.spec.InnerMap == nil {
				outer.spec.InnerMap = inner.spec.Copy()
			}
			if inner.innerSlot != noSlot {
				outer.spec.Contents = append(outer.spec.Contents, ebpf.MapKV{Key: inner.innerSlot, Value: inner.name})
			}
		}
		if outer.spec.InnerMap == nil {
			return desc.Failed("Map %s of object %s has no inner map: none has the number %d", outer.name, o.File,
				outer.innerID)
		}
	}
	return nil
}

// addTailCalls has programs in sections "ID/KEY" put into the map of programs that has the number.
func (o *object) addTailCalls() {
	for name, prog := range o.spec.Programs {
		id, key, ok := TailCall(prog.SectionName)
		if !ok {
			continue
		}
		for _, m := range o.maps {
			if m.id == id && m.spec.Type == ebpf.ProgramArray {
				m.spec.Contents = append(m.spec.Contents, ebpf.MapKV{Key: key, Value: name})
			}
		}
	}
}

// TailCall is what the name of a section "ID/KEY" says: the number of a map of programs and the key there.
func TailCall(section string) (id, key uint32, ok bool) {
	left, right, _ := strings.Cut(section, "/")
	n, err1 := strconv.ParseUint(left, 0, 32)
	k, err2 := strconv.ParseUint(right, 0, 32)
	return uint32(n), uint32(k), err1 == nil && err2 == nil
}

// openMaps opens the maps that are pinned, or makes and pins them. Those of a device are made here as well, for the
// library does not make any.
func (o *object) openMaps() (maps map[string]*ebpf.Map, err error) {
	maps = map[string]*ebpf.Map{}
	for _, m := range o.maps {
		dir, err := o.pinDir(m)
		if err != nil {
			return maps, err
		}
		var made *ebpf.Map
		switch {
		case o.Link != 0 && m.spec.Type != ebpf.PerfEventArray: // the kernel fills that one
			made, err = m.openOfDevice(dir, uint32(o.Link))
		case dir != "":
			made, err = m.openPinned(dir)
		default:
			continue
		}
		if err != nil {
			return maps, err
		}
		maps[m.name] = made
	}
	return maps, nil
}

// openPinned opens the map that is pinned in dir, or makes and pins it.
func (m *mapDef) openPinned(dir string) (*ebpf.Map, error) {
	spec := m.spec.Copy()
	spec.Name, spec.Pinning, spec.Contents = m.name, ebpf.PinByName, nil
	_, err := os.Stat(filepath.Join(dir, m.name))
	made, err2 := ebpf.NewMapWithOptions(spec, ebpf.MapOptions{PinPath: dir})
	if err2 != nil {
		return nil, desc.Failed("Map %s cannot be pinned in %s, or is another one there: %v", m.name, dir, err2)
	}
	m.spec.Pinning = ebpf.PinNone
	if err == nil && m.spec.InnerMap != nil { // what is in a map that was there stays
		m.spec.Contents = nil
	}
	return made, nil
}

// openOfDevice does the same for a map that a device keeps. Where dir is "" it is not pinned.
func (m *mapDef) openOfDevice(dir string, link uint32) (*ebpf.Map, error) {
	path := filepath.Join(dir, m.name)
	m.spec.Pinning = ebpf.PinNone
	if dir != "" {
		there, err := ebpf.LoadPinnedMap(path, nil)
		if err == nil {
			return there, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, desc.Failed("Map %s cannot be opened in %s: %s", m.name, dir, cause(err))
		}
	}
	attr := unix.BpfMapCreateAttr{Map_type: uint32(m.spec.Type), Key_size: m.spec.KeySize, Value_size: m.spec.ValueSize,
		Max_entries: m.spec.MaxEntries, Map_flags: m.spec.Flags, Map_ifindex: link}
	copy(attr.Map_name[:len(attr.Map_name)-1], m.name)
	fd, err := unix.Bpf(unix.BPF_MAP_CREATE, unsafe.Pointer(&attr), unsafe.Sizeof(attr))
	if err != nil {
		return nil, desc.Failed("The device takes no map like %s: %s", m.name, cause(err))
	}
	made, err := ebpf.NewMapFromFD(fd)
	if err != nil {
		return nil, err
	}
	if dir != "" {
		if err := made.Pin(path); err != nil {
			made.Close()
			return nil, desc.Failed("Map %s cannot be pinned in %s: %s", m.name, dir, cause(err))
		}
	}
	return made, nil
}

// pinDir is the directory that a map is to be pinned in, "" for none.
func (o *object) pinDir(m mapDef) (string, error) {
	sub := ""
	switch {
	case m.spec.Pinning == ebpf.PinByName, m.pinning == pinGlobal:
		sub = "globals"
	case m.pinning == pinNone:
		return "", nil
	case m.pinning == pinObject:
		sum := sha1.Sum(o.bytes)
		sub = hex.EncodeToString(sum[:])
	default:
		named, ok := o.names.PinDir(m.pinning)
		if !ok {
			return "", nil
		}
		sub = filepath.Join("..", named)
	}
	work, err := workDir(o.Type)
	if err != nil {
		return "", err
	}
	dir := filepath.Join(work, sub)
	if sub == "" || strings.HasPrefix(sub, "..") {
		base := filepath.Dir(work)
		dir = filepath.Join(base, strings.TrimPrefix(sub, ".."))
	}
	if err := os.MkdirAll(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", desc.Failed("mkdir %s failed: %s", dir, cause(err))
	}
	return dir, nil
}
