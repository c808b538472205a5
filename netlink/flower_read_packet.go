package netlink

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// How words about MPLS, PPP, the state of a packet and CFM become keys of a [Flower].

// isMPLS is the error for words of MPLS where the packets are of another protocol.
func isMPLS(in *desc.Args, what string) error {
	switch desc.Scratch[flowerWords](in).etherType {
	case uapi.ETH_P_MPLS_UC, uapi.ETH_P_MPLS_MC:
		return nil
	}
	return desc.Failed("Can't set %q if ethertype isn't MPLS", what)
}

func readFlowerMPLSPart(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	w := desc.Scratch[flowerWords](in)
	if err := isMPLS(in, f.Word); err != nil {
		return err
	}
	if w.mplsNew {
		return desc.Failed("Can't set %q if \"mpls\" is set", f.Word)
	}
	w.mplsOld = true
	v, err := in.Number(32, 10, f.Word)
	if err == nil && v > uint64(f.Arg) {
		err = desc.Illegal(f.Word)
	}
	if f.Arg > 0xff {
		e.Uint32(f.Type, uint32(v))
	} else {
		e.Uint8(f.Type, uint8(v))
	}
	return err
}

// flowerLSE are the parts of an entry of a stack of MPLS labels, each with its largest value.
var flowerLSE = []struct {
	word string
	typ  uint16
	max  uint64
}{
	{"depth", uapi.TCA_FLOWER_KEY_MPLS_OPT_LSE_DEPTH, 0xff},
	{"label", uapi.TCA_FLOWER_KEY_MPLS_OPT_LSE_LABEL, 0xfffff},
	{"tc", uapi.TCA_FLOWER_KEY_MPLS_OPT_LSE_TC, 7},
	{"bos", uapi.TCA_FLOWER_KEY_MPLS_OPT_LSE_BOS, 1},
	{"ttl", uapi.TCA_FLOWER_KEY_MPLS_OPT_LSE_TTL, 0xff},
}

func readFlowerMPLS(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	w := desc.Scratch[flowerWords](in)
	if err := isMPLS(in, f.Word); err != nil {
		return err
	}
	if w.mplsOld {
		return desc.Failed("Can't set \"mpls\" if \"mpls_label\", \"mpls_tc\", \"mpls_bos\" or \"mpls_ttl\" is set")
	}
	w.mplsNew = true
	e.Nest(f.Type | uapi.NLA_F_NESTED)
	defer e.End()
	for in.TakeAbbr("lse") {
		if err := readFlowerLSE(in, e); err != nil {
			return err
		}
	}
	return nil
}

func readFlowerLSE(in *desc.Args, e *wire.Encoder) error {
	e.Nest(uapi.TCA_FLOWER_KEY_MPLS_OPTS_LSE | uapi.NLA_F_NESTED)
	defer e.End()
	deep := false
	for {
		found := false
		for _, part := range flowerLSE {
			if !in.TakeAbbr(part.word) {
				continue
			}
			found = true
			v, err := in.Number(32, 10, part.word)
			switch {
			case err != nil:
				return err
			case v > part.max || part.word == "depth" && v == 0:
				return desc.Illegal(part.word)
			case part.max > 0xff:
				e.Uint32(part.typ, uint32(v))
			default:
				e.Uint8(part.typ, uint8(v))
			}
			deep = deep || part.word == "depth"
			break
		}
		if !found {
			break
		}
	}
	if !deep {
		return &desc.UsageError{Text: "Error: argument \"depth\" is required", Status: 255}
	}
	return nil
}

func readFlowerPPP(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	if desc.Scratch[flowerWords](in).etherType != uapi.ETH_P_PPP_SES {
		return desc.Failed("Can't set %q if ethertype isn't PPPoE session", f.Word)
	}
	v, err := in.Number(16, 10, f.Word)
	e.BE16(f.Type, uint16(v))
	return err
}

// pppProtocols are the names of protocols in PPP.
var pppProtocols = []struct {
	name   string
	number uint16
}{
	{"ip", uapi.PPP_IP}, {"at", uapi.PPP_AT}, {"ipx", uapi.PPP_IPX}, {"vjc_comp", uapi.PPP_VJC_COMP},
	{"vjc_uncomp", uapi.PPP_VJC_UNCOMP},
	{"mp", uapi.PPP_MP}, {"ipv6", uapi.PPP_IPV6}, {"compfrag", uapi.PPP_COMPFRAG}, {"comp", uapi.PPP_COMP},
	{"mpls_uc", uapi.PPP_MPLS_UC},
	{"mpls_mc", uapi.PPP_MPLS_MC}, {"ipcp", uapi.PPP_IPCP}, {"atcp", uapi.PPP_ATCP}, {"ipxcp", uapi.PPP_IPXCP},
	{"ipv6cp", uapi.PPP_IPV6CP},
	{"ccpfrag", uapi.PPP_CCPFRAG}, {"ccp", uapi.PPP_CCP}, {"mplscp", uapi.PPP_MPLSCP}, {"lcp", uapi.PPP_LCP},
	{"pap", uapi.PPP_PAP},
	{"lqr", uapi.PPP_LQR}, {"chap", uapi.PPP_CHAP}, {"cbcp", uapi.PPP_CBCP},
}

func pppName(number uint16) string {
	for _, p := range pppProtocols {
		if p.number == number {
			return p.name
		}
	}
	return fmt.Sprintf("[%d]", number)
}

func readFlowerPPPProto(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	w := desc.Scratch[flowerWords](in)
	if w.etherType != uapi.ETH_P_PPP_SES {
		return desc.Failed("Can't set %q if ethertype isn't PPPoE session", f.Word)
	}
	word, err := in.Next()
	if err != nil {
		return err
	}
	n, err := desc.ParseUint(word, 16)
	for _, p := range pppProtocols {
		if strings.EqualFold(p.name, word) {
			n, err = uint64(p.number), nil
		}
	}
	if err != nil {
		return &desc.UsageError{Text: fmt.Sprintf("Error: argument %q is wrong: invalid ppp_proto", word), Status: 255}
	}
	switch n {
	case uapi.PPP_IP:
		w.etherType = uapi.ETH_P_IP
	case uapi.PPP_IPV6:
		w.etherType = uapi.ETH_P_IPV6
	case uapi.PPP_MPLS_UC:
		w.etherType = uapi.ETH_P_MPLS_UC
	case uapi.PPP_MPLS_MC:
		w.etherType = uapi.ETH_P_MPLS_MC
	}
	e.BE16(f.Type, uint16(n))
	return nil
}

// flowerFlag is a flag that packets have.
type flowerFlag struct {
	name string
	bit  uint32
}

// flowerIPFlags and flowerOuterFlags are those of the packet, and of what a tunnel knows of it.
var (
	flowerIPFlags = []flowerFlag{
		{"frag", uapi.TCA_FLOWER_KEY_FLAGS_IS_FRAGMENT}, {"firstfrag", uapi.TCA_FLOWER_KEY_FLAGS_FRAG_IS_FIRST},
	}
	flowerOuterFlags = []flowerFlag{
		{"tuncsum", uapi.TCA_FLOWER_KEY_FLAGS_TUNNEL_CSUM}, {"tundf", uapi.TCA_FLOWER_KEY_FLAGS_TUNNEL_DONT_FRAGMENT},
		{"tunoam", uapi.TCA_FLOWER_KEY_FLAGS_TUNNEL_OAM}, {"tuncrit", uapi.TCA_FLOWER_KEY_FLAGS_TUNNEL_CRIT_OPT},
	}
)

func readFlowerFlags(in *desc.Args, f *desc.Field, _ *wire.Encoder) error {
	w := desc.Scratch[flowerWords](in)
	value, mask, flags := &w.flags, &w.flagsMask, flowerIPFlags
	if f.Type == uapi.TCA_FLOWER_KEY_ENC_FLAGS {
		value, mask, flags = &w.outer, &w.outerMask, flowerOuterFlags
	}
	word, err := in.Next()
	if err != nil {
		return err
	}
	for part := range strings.SplitSeq(word, "/") {
		name, no := strings.CutPrefix(part, "no")
		at := slices.IndexFunc(flags, func(f flowerFlag) bool { return f.name == name })
		if at < 0 {
			return desc.Illegal(f.Word)
		}
		if no {
			*value &^= flags[at].bit
		} else {
			*value |= flags[at].bit
		}
		*mask |= flags[at].bit
	}
	return nil
}

// flowerStates are those of connections.
var flowerStates = []struct {
	name string
	bit  uint16
}{
	{"trk", uapi.TCA_FLOWER_KEY_CT_FLAGS_TRACKED}, {"new", uapi.TCA_FLOWER_KEY_CT_FLAGS_NEW},
	{"est", uapi.TCA_FLOWER_KEY_CT_FLAGS_ESTABLISHED},
	{"rel", uapi.TCA_FLOWER_KEY_CT_FLAGS_RELATED}, {"inv", uapi.TCA_FLOWER_KEY_CT_FLAGS_INVALID},
	{"rpl", uapi.TCA_FLOWER_KEY_CT_FLAGS_REPLY},
}

func readFlowerState(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	var state, mask uint16
	for rest := word; rest != ""; {
		sign := rest[0]
		if sign != '+' && sign != '-' {
			return desc.Illegal(f.Word)
		}
		rest = rest[1:]
		found := false
		for _, s := range flowerStates {
			if after, ok := strings.CutPrefix(rest, s.name); ok {
				if rest, found = after, true; sign == '+' {
					state |= s.bit
				}
				mask |= s.bit
				break
			}
		}
		if !found {
			return desc.Illegal(f.Word)
		}
	}
	e.Uint16(f.Type, state)
	e.Uint16(uapi.TCA_FLOWER_KEY_CT_STATE_MASK, mask)
	return nil
}

func readFlowerMaskedNumber(in *desc.Args, what string, bits int) (v, mask uint64, err error) {
	value, rest, masked, err := halves(in)
	if err != nil {
		return 0, 0, err
	}
	v, err = desc.ParseUint(value, bits)
	mask = 1<<bits - 1
	if err == nil && masked {
		mask, err = desc.ParseUint(rest, bits)
	}
	if err != nil {
		return 0, 0, desc.Illegal(what)
	}
	return v, mask, nil
}

func readFlowerZone(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, mask, err := readFlowerMaskedNumber(in, f.Word, 16)
	e.Uint16(f.Type, uint16(v))
	e.Uint16(uapi.TCA_FLOWER_KEY_CT_ZONE_MASK, uint16(mask))
	return err
}

func readFlowerMark(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, mask, err := readFlowerMaskedNumber(in, f.Word, 32)
	e.Uint32(f.Type, uint32(v))
	e.Uint32(uapi.TCA_FLOWER_KEY_CT_MARK_MASK, uint32(mask))
	return err
}

func readFlowerLabel(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	value, mask, masked, err := halves(in)
	if err != nil {
		return err
	}
	const size = 16
	wrong := func(word, why string) error {
		return &desc.UsageError{Text: fmt.Sprintf("Error: argument %q is wrong: %s", word, why), Status: 255}
	}
	if len(value) > 2*size || len(mask) > 2*size {
		return wrong(value, fmt.Sprintf("%d Max allowed size %d", len(value), 2*size))
	}
	label, err := hex.DecodeString(value[:len(value)&^1])
	if err != nil {
		return wrong(value, "labels must be a hex string\n")
	}
	bits := make([]byte, size)
	for i := range bits {
		bits[i] = 0xff
	}
	if masked {
		if bits, err = hex.DecodeString(mask[:len(mask)&^1]); err != nil {
			return wrong(mask, "labels mask must be a hex string\n")
		}
	}
	e.Data(f.Type, label)
	e.Data(uapi.TCA_FLOWER_KEY_CT_LABELS_MASK, bits)
	return nil
}

func readFlowerCFM(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	if desc.Scratch[flowerWords](in).etherType != uapi.ETH_P_CFM {
		return desc.Failed("Can't set attribute if ethertype isn't CFM")
	}
	e.Nest(f.Type | uapi.NLA_F_NESTED)
	defer e.End()
	for {
		typ, what := uint16(uapi.TCA_FLOWER_KEY_CFM_MD_LEVEL), "cfm md level"
		if in.Take("op") {
			typ, what = uapi.TCA_FLOWER_KEY_CFM_OPCODE, "cfm opcode"
		} else if !in.Take("mdl") {
			return nil
		}
		v, err := in.Number(8, 10, what)
		if err != nil {
			return err
		}
		e.Uint8(typ, uint8(v))
	}
}

func readFlowerOffload(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	bit := uint32(uapi.TCA_CLS_FLAGS_VERBOSE)
	switch in.Last() {
	case "skip_hw":
		bit = uapi.TCA_CLS_FLAGS_SKIP_HW
	case "skip_sw":
		bit = uapi.TCA_CLS_FLAGS_SKIP_SW
	}
	desc.Scratch[flowerWords](in).offload |= bit
	return nil
}
