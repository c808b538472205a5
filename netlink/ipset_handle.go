package netlink

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// IpsetProtocol returns the newest and the oldest protocol version that the kernel speaks: ipset version. This
// package speaks version 6, the oldest, which all kernels take.
func (h *Handle) IpsetProtocol() (protocol uint8, minVersion uint8, err error) {
	s := IPSetResult{}
	err = h.ipsetGet(ipsetRequest(uapi.IPSET_CMD_PROTOCOL, 0, nil), "ipset protocol", "", &s)
	return s.Protocol, s.ProtocolMinVersion, err
}

// ipsetGet asks for what has one message as its answer.
func (h *Handle) ipsetGet(r *wire.Request, op, object string, s *IPSetResult) error {
	var d ipsetDecoder
	return ipsetErr(h.get(r, op, quotedName(object), func(m wire.Message) error {
		return d.set(m.Data, s, func([]byte) error { return nil })
	}))
}

func quotedName(name string) func() string {
	return func() string {
		if name == "" {
			return ""
		}
		return fmt.Sprintf("%.128q", name)
	}
}

// IpsetType returns the revisions of a set type that the kernel has, and loads its module.
func (h *Handle) IpsetType(typename string, family uint8) (newest, oldest uint8, err error) {
	r := ipsetRequest(uapi.IPSET_CMD_TYPE, 0, nil)
	ipsetName(r, uapi.IPSET_ATTR_TYPENAME, typename)
	r.Uint8(uapi.IPSET_ATTR_FAMILY, ipsetFamily(typename, family))
	s := IPSetResult{}
	err = h.withDetails().ipsetGet(r, "ipset type", typename, &s)
	return s.Revision, s.ProtocolMinVersion, err // IPSET_ATTR_REVISION_MIN is IPSET_ATTR_PROTOCOL_MIN
}

// IpsetHeader returns a set's name, type, family and revision, and nothing else of it.
func (h *Handle) IpsetHeader(setname string) (*IPSetResult, error) {
	s := IPSetResult{}
	if err := h.withDetails().ipsetGet(ipsetRequest(uapi.IPSET_CMD_HEADER, 0, &setname), "ipset header", setname,
		&s); err != nil {
		return nil, err
	}
	return &s, nil
}

// IpsetIndex returns the number of a set, by which rules and filters refer to it ([EmatchIPSet]). Linux 5.0.
func (h *Handle) IpsetIndex(setname string) (uint16, error) {
	r := ipsetReferenceRequest(uapi.IPSET_CMD_GET_BYNAME)
	ipsetName(r, uapi.IPSET_ATTR_SETNAME, setname)
	index := uint16(0)
	err := h.get(r, "ipset index", quotedName(setname), func(m wire.Message) error {
		return eachIpsetAttr(m.Data, func(typ uint16, b []byte) {
			if typ == uapi.IPSET_ATTR_INDEX && len(b) >= 2 {
				index = binary.BigEndian.Uint16(b)
			}
		})
	})
	return index, ipsetErr(err)
}

// IpsetName returns the name of the set with a number. Linux 5.0.
func (h *Handle) IpsetName(index uint16) (string, error) {
	r := ipsetReferenceRequest(uapi.IPSET_CMD_GET_BYINDEX)
	ipsetBE16(r, uapi.IPSET_ATTR_INDEX, index)
	name := ""
	object := func() string { return fmt.Sprint(index) }
	err := h.get(r, "ipset name", object, func(m wire.Message) error {
		return eachIpsetAttr(m.Data, func(typ uint16, b []byte) {
			if typ == uapi.IPSET_ATTR_SETNAME {
				name = string(untilNUL(b))
			}
		})
	})
	return name, ipsetErr(err)
}

// ipsetReferenceRequest begins a question that the oldest protocol does not have.
func ipsetReferenceRequest(cmd uint16) *wire.Request {
	r := wire.NewRequest(uapi.NFNL_SUBSYS_IPSET<<8|cmd, 0)
	r.Protocol = uapi.NETLINK_NETFILTER
	m := uapi.Nfgenmsg{NfgenFamily: uapi.AF_INET, Version: uapi.NFNETLINK_V0}
	m.Put(r.Header(uapi.SizeofNfgenmsg))
	r.Uint8(uapi.IPSET_ATTR_PROTOCOL, uapi.IPSET_PROTOCOL)
	return r
}

func eachIpsetAttr(b []byte, each func(typ uint16, b []byte)) error {
	d := wire.NewDecoder(b[min(uapi.SizeofNfgenmsg, len(b)):])
	for d.Next() {
		each(d.Type(), d.Data())
	}
	return d.Err()
}

// ipsetExec runs a change.
func (h *Handle) ipsetExec(r *wire.Request, op, object string) error {
	return ipsetErr(h.exec(r, op, quotedName(object)))
}

// IpsetCreate makes a set: ipset create SETNAME TYPENAME. An error that is ipset's own is an nl.IPSetError.
func (h *Handle) IpsetCreate(setname, typename string, options IpsetCreateOptions) error {
	const op = "ipset create"
	revision := options.Revision
	if revision == 0 {
		revision = options.revision(typename)
		if options.BucketSize != 0 || options.InitVal != 0 { // kernels list these of sets of their newest revision only
			newest, _, err := h.IpsetType(typename, options.Family)
			if err != nil {
				return h.wrap(err, op, quotedName(setname))
			}
			revision = max(revision, newest)
		}
	}
	err := h.ipsetExec(ipsetCreateRequest(setname, typename, revision, &options), op, setname)
	if !isIpsetErr(err, uapi.IPSET_ERR_FIND_TYPE) || options.Revision != 0 {
		return err
	}
	_, oldest, unknown := h.IpsetType(typename, options.Family)
	if unknown != nil || revision >= oldest { // nothing is left out that a kernel does not know
		return err
	}
	return h.ipsetExec(ipsetCreateRequest(setname, typename, oldest, &options), op, setname)
}

func ipsetCreateRequest(name, typ string, revision uint8, o *IpsetCreateOptions) *wire.Request {
	flags := uint16(uapi.NLM_F_CREATE)
	if !o.Replace {
		flags |= uapi.NLM_F_EXCL
	}
	r := ipsetRequest(uapi.IPSET_CMD_CREATE, flags, &name)
	encodeIpset(r, typ, revision, o)
	return r
}

// IpsetDestroy deletes a set that nothing refers to: ipset destroy SETNAME.
func (h *Handle) IpsetDestroy(setname string) error {
	return h.ipsetExec(ipsetRequest(uapi.IPSET_CMD_DESTROY, 0, &setname), "ipset destroy", setname)
}

// IpsetDestroyAll deletes all sets, and none where anything refers to one: ipset destroy.
func (h *Handle) IpsetDestroyAll() error {
	return h.withDetails().ipsetExec(ipsetRequest(uapi.IPSET_CMD_DESTROY, 0, nil), "ipset destroy", "")
}

// IpsetFlush deletes all entries of a set: ipset flush SETNAME.
func (h *Handle) IpsetFlush(setname string) error {
	return h.ipsetExec(ipsetRequest(uapi.IPSET_CMD_FLUSH, 0, &setname), "ipset flush", setname)
}

// IpsetFlushAll deletes all entries of all sets: ipset flush.
func (h *Handle) IpsetFlushAll() error {
	return h.withDetails().ipsetExec(ipsetRequest(uapi.IPSET_CMD_FLUSH, 0, nil), "ipset flush", "")
}

// IpsetSwap exchanges the contents of two sets of one type: ipset swap. What refers to one refers to the
// other's entries then.
func (h *Handle) IpsetSwap(setname, othersetname string) error {
	r := ipsetRequest(uapi.IPSET_CMD_SWAP, 0, &setname)
	ipsetName(r, uapi.IPSET_ATTR_SETNAME2, othersetname)
	return h.ipsetExec(r, "ipset swap", setname)
}

// IpsetRename gives a set that nothing refers to another name: ipset rename.
func (h *Handle) IpsetRename(setname, newname string) error {
	r := ipsetRequest(uapi.IPSET_CMD_RENAME, 0, &setname)
	ipsetName(r, uapi.IPSET_ATTR_SETNAME2, newname)
	return h.withDetails().ipsetExec(r, "ipset rename", setname)
}

// IpsetAdd adds an entry to a set: ipset add. In a [Batch] many are added in few system calls: ipset restore.
func (h *Handle) IpsetAdd(setname string, entry *IPSetEntry) error {
	return h.ipsetExec(ipsetEntryRequest(uapi.IPSET_CMD_ADD, setname, entry), "ipset add", setname)
}

// IpsetDel deletes an entry from a set: ipset del.
func (h *Handle) IpsetDel(setname string, entry *IPSetEntry) error {
	return h.ipsetExec(ipsetEntryRequest(uapi.IPSET_CMD_DEL, setname, entry), "ipset del", setname)
}

// IpsetTest reports whether a set has an entry: ipset test.
func (h *Handle) IpsetTest(setname string, entry *IPSetEntry) (bool, error) {
	r := ipsetEntryRequest(uapi.IPSET_CMD_TEST, setname, entry)
	if h != nil && h.batch != nil { // a question is not queued
		c := *h
		c.batch = nil
		h = &c
	}
	err := h.ipsetExec(r, "ipset test", setname)
	if isIpsetErr(err, uapi.IPSET_ERR_EXIST) {
		return false, nil
	}
	return err == nil, err
}

func ipsetEntryRequest(cmd uint16, setname string, entry *IPSetEntry) *wire.Request {
	flags := uint16(0)
	if entry != nil && !entry.Replace {
		flags = uapi.NLM_F_EXCL
	}
	r := ipsetRequest(cmd, flags, &setname)
	switch {
	case entry == nil:
		r.Fail(errors.New("no entry given"))
	case cmd == uapi.IPSET_CMD_TEST && (entry.Packets != nil || entry.Bytes != nil):
		question := *entry // the kernel would add the counters to the entry's
		question.Packets, question.Bytes = nil, nil
		encodeIpsetEntry(r, &question)
	default:
		encodeIpsetEntry(r, entry)
	}
	return r
}

const ipsetListOp = "ipset list"

// IpsetList returns a set with its entries: ipset list SETNAME.
func (h *Handle) IpsetList(name string) (*IPSetResult, error) {
	all, err := h.ipsetList(&name, 0)
	if len(all) == 0 && err == nil {
		err = h.wrap(&wire.Error{Err: errNoSet}, ipsetListOp, quotedName(name))
	}
	if len(all) == 0 || err != nil && !errors.Is(err, ErrDumpInterrupted) {
		return nil, err
	}
	return &all[0], err
}

// errNoSet is what a kernel means that lists nothing for a name.
var errNoSet = errors.New("no such set")

// IpsetListAll returns all sets with their entries: ipset list. For large sets use [Handle.IpsetEntries].
func (h *Handle) IpsetListAll() ([]IPSetResult, error) { return h.ipsetList(nil, 0) }

// IpsetListHeaders returns all sets without their entries: ipset list -terse.
func (h *Handle) IpsetListHeaders() ([]IPSetResult, error) {
	return h.withDetails().ipsetList(nil, uapi.IPSET_FLAG_LIST_HEADER)
}

// IpsetListNames returns the names of all sets, and asks the kernel for nothing else: ipset list -name.
func (h *Handle) IpsetListNames() ([]string, error) {
	all, err := h.ipsetList(nil, uapi.IPSET_FLAG_LIST_SETNAME)
	var names []string
	for i := range all {
		names = append(names, all[i].SetName)
	}
	return names, err
}

// ipsetList returns a set, or all where name is nil.
func (h *Handle) ipsetList(name *string, flags uint32) ([]IPSetResult, error) {
	var all []IPSetResult
	var d ipsetDecoder
	err := h.ipsetDump(name, flags, func(m wire.Message) (bool, error) {
		if last := len(all) - 1; last < 0 || string(d.name(m.Data)) != all[last].SetName {
			all = append(all, IPSetResult{})
		}
		s := &all[len(all)-1]
		return true, d.set(m.Data, s, func(b []byte) error {
			s.Entries = append(s.Entries, IPSetEntry{})
			return d.entry(b, &s.Entries[len(s.Entries)-1])
		})
	})
	if err != nil && !errors.Is(err, ErrDumpInterrupted) {
		object := ""
		if name != nil {
			object = *name
		}
		return nil, ipsetErr(h.wrap(err, ipsetListOp, quotedName(object)))
	}
	return all, err
}

func (h *Handle) ipsetDump(name *string, flags uint32, each func(wire.Message) (bool, error)) error {
	request := func() (*wire.Request, error) {
		r := ipsetRequest(uapi.IPSET_CMD_LIST, uapi.NLM_F_ACK, name)
		if flags != 0 {
			ipsetBE32(r, uapi.IPSET_ATTR_FLAGS, flags)
		}
		return r, nil
	}
	return h.dumpObjects(request, ipsetListOp, func(o *wire.Objects) (bool, error) {
		for m, ok := o.Next(); ok; m, ok = o.Next() {
			if more, err := each(m); err != nil || !more {
				return false, err
			}
		}
		return true, nil
	})
}

// IpsetEntries gives the entries of a set one by one, as they come. An entry is valid until the loop goes on;
// what it refers to may be kept. The last pair holds the error, if there is one.
func (h *Handle) IpsetEntries(setname string) iter.Seq2[*IPSetEntry, error] {
	return func(yield func(*IPSetEntry, error) bool) {
		var d ipsetDecoder
		var s IPSetResult
		var e IPSetEntry
		left := false
		err := h.ipsetDump(&setname, 0, func(m wire.Message) (bool, error) {
			if !bytes.Equal(d.name(m.Data), []byte(setname)) {
				return true, nil
			}
			err := d.set(m.Data, &s, func(b []byte) error {
				if left {
					return nil
				}
				e = IPSetEntry{}
				if err := d.entry(b, &e); err != nil {
					return err
				}
				left = !yield(&e, nil)
				return nil
			})
			return !left, err
		})
		if err != nil && !left {
			yield(&IPSetEntry{}, ipsetErr(wire.Annotate(err, ipsetListOp, quotedName(setname))))
		}
	}
}

// ipsetErrors names ipset's numbers in the errors of a batch's netfilter part.
func ipsetErrors(p *batchPart, err error) error {
	if p.protocol == uapi.NETLINK_NETFILTER {
		return ipsetErr(err)
	}
	return err
}
