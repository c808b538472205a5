package netlink

import (
	"fmt"
	"iter"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// GenlPolicy is the kernel's description of the attributes that it accepts (Linux 5.10): of one command which
// policy checks its attributes (Op), or of a policy one of its attributes (Attr).
type GenlPolicy struct {
	Op   *GenlOpPolicy
	Attr *GenlAttrPolicy
}

// GenlOpPolicy names the policies of a command.
type GenlOpPolicy struct {
	Op   uint32  // the command
	Do   *uint32 // the policy of its requests, nil: none
	Dump *uint32 // that of its dumps
}

// GenlAttrPolicy is an attribute of a policy. What is nil does not bound it.
type GenlAttrPolicy struct {
	Policy uint32 // the number of the policy
	Attr   uint16 // the type of the attribute
	Type   uint32 // NL_ATTR_TYPE_…: what is in it
	// Of numbers, by their sign.
	MinSigned, MaxSigned     *int64
	MinUnsigned, MaxUnsigned *uint64
	MinLength, MaxLength     *uint32 // of strings and bytes
	Nested                   *uint32 // the policy of the attributes in it
	NestedMaxType            *uint32 // their highest type
	BitMask                  *uint32 // the bits that a bitfield may have
	Mask                     *uint64 // the bits that a number may have
}

// GenlPolicies gives what the kernel says of the attributes of a family's commands: genl ctrl policy
// name NAME. Policies follow the commands. The last pair holds the error, if there is one.
func (h *Handle) GenlPolicies(family string) iter.Seq2[GenlPolicy, error] {
	return func(yield func(GenlPolicy, error) bool) {
		request := func() (*wire.Request, error) {
			r := genlRequest(genlCtrl, uapi.CTRL_CMD_GETPOLICY)
			r.String(uapi.CTRL_ATTR_FAMILY_NAME, family)
			return r, nil
		}
		left := false
		err := h.dumpObjects(request, fmt.Sprintf("genl policy %.128q", family), func(o *wire.Objects) (bool, error) {
			for m, ok := o.Next(); ok; m, ok = o.Next() {
				d := genlAttrs(m)
				left = !eachGenlPolicy(&d, func(p GenlPolicy) bool { return yield(p, nil) })
				if err := d.Err(); err != nil || left {
					return false, err
				}
			}
			return true, nil
		})
		if err != nil && !left {
			yield(GenlPolicy{}, err)
		}
	}
}

// eachGenlPolicy calls yield for each command and each attribute in a message, until it returns false.
func eachGenlPolicy(d *wire.Decoder, yield func(GenlPolicy) bool) bool {
	for d.Next() {
		typ := d.Type()
		if typ != uapi.CTRL_ATTR_OP_POLICY && typ != uapi.CTRL_ATTR_POLICY {
			continue
		}
		of := d.Nested()
		for of.Next() { // by command, or by policy
			number := uint32(of.Type())
			in := of.Nested()
			if typ == uapi.CTRL_ATTR_OP_POLICY {
				op := decodeGenlOpPolicy(&in, number)
				if of.Fail(in.Err()); in.Err() == nil && !yield(GenlPolicy{Op: op}) {
					return false
				}
				continue
			}
			for in.Next() {
				attr := in.Nested()
				p := decodeGenlAttrPolicy(&attr, number, in.Type())
				if in.Fail(attr.Err()); attr.Err() == nil && !yield(GenlPolicy{Attr: p}) {
					return false
				}
			}
			of.Fail(in.Err())
		}
		d.Fail(of.Err())
	}
	return true
}

func decodeGenlOpPolicy(d *wire.Decoder, op uint32) *GenlOpPolicy {
	p := &GenlOpPolicy{Op: op}
	for d.Next() {
		switch d.Type() {
		case uapi.CTRL_ATTR_POLICY_DO:
			p.Do = new(d.Uint32())
		case uapi.CTRL_ATTR_POLICY_DUMP:
			p.Dump = new(d.Uint32())
		}
	}
	return p
}

func decodeGenlAttrPolicy(d *wire.Decoder, policy uint32, attr uint16) *GenlAttrPolicy {
	p := &GenlAttrPolicy{Policy: policy, Attr: attr}
	for d.Next() {
		switch d.Type() {
		case uapi.NL_POLICY_TYPE_ATTR_TYPE:
			p.Type = d.Uint32()
		case uapi.NL_POLICY_TYPE_ATTR_MIN_VALUE_S:
			p.MinSigned = new(int64(d.Uint64()))
		case uapi.NL_POLICY_TYPE_ATTR_MAX_VALUE_S:
			p.MaxSigned = new(int64(d.Uint64()))
		case uapi.NL_POLICY_TYPE_ATTR_MIN_VALUE_U:
			p.MinUnsigned = new(d.Uint64())
		case uapi.NL_POLICY_TYPE_ATTR_MAX_VALUE_U:
			p.MaxUnsigned = new(d.Uint64())
		case uapi.NL_POLICY_TYPE_ATTR_MIN_LENGTH:
			p.MinLength = new(d.Uint32())
		case uapi.NL_POLICY_TYPE_ATTR_MAX_LENGTH:
			p.MaxLength = new(d.Uint32())
		case uapi.NL_POLICY_TYPE_ATTR_POLICY_IDX:
			p.Nested = new(d.Uint32())
		case uapi.NL_POLICY_TYPE_ATTR_POLICY_MAXTYPE:
			p.NestedMaxType = new(d.Uint32())
		case uapi.NL_POLICY_TYPE_ATTR_BITFIELD32_MASK:
			p.BitMask = new(d.Uint32())
		case uapi.NL_POLICY_TYPE_ATTR_MASK:
			p.Mask = new(d.Uint64())
		}
	}
	return p
}
