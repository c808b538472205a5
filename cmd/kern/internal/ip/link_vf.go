package ip

import (
	"strconv"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// vfStates are the names of IFLA_VF_LINK_STATE_…
var vfStates = []string{
	uapi.IFLA_VF_LINK_STATE_AUTO:    "auto",
	uapi.IFLA_VF_LINK_STATE_ENABLE:  "enable",
	uapi.IFLA_VF_LINK_STATE_DISABLE: "disable",
}

// vfWords are a virtual function as the words behind "vf" describe it.
type vfWords struct {
	*linkWords
	vf       uint32
	min, max *uint32 // Mbit/s
}

// readVF reads "vf NUM" and the words that are about it.
func (w *linkWords) readVF() error {
	n, err := w.Uint(31, "Invalid \"vf\" value\n")
	if err != nil {
		return err
	}
	v := vfWords{linkWords: w, vf: uint32(n)}
	w.e.Nest(uapi.IFLA_VFINFO_LIST)
	w.e.Nest(uapi.IFLA_VF_INFO)
	before := len(w.e.Bytes())
	for more := true; more; {
		if more, err = v.word(); err != nil {
			return err
		}
	}
	if err := v.putRate(); err != nil {
		return err
	}
	if len(w.e.Bytes()) == before {
		return desc.Incomplete()
	}
	w.e.End()
	w.e.End()
	return nil
}

// word reads the next word; it is false before one that is not about the
// function.
func (v *vfWords) word() (bool, error) {
	var err error
	switch {
	case v.TakeAbbr("mac"):
		err = v.readMAC()
	case v.TakeAbbr("vlan"):
		err = v.readVLAN()
	case v.Take("rate"):
		var n uint64
		if n, err = v.Uint(32, "Invalid \"rate\" value\n"); err == nil {
			v.e.Struct(uapi.IFLA_VF_TX_RATE, uapi.SizeofIflaVfTxRate, &uapi.IflaVfTxRate{Vf: v.vf, Rate: uint32(n)})
		}
	case v.Take("max_tx_rate"):
		v.max, err = v.readRate("max tx rate")
	case v.Take("min_tx_rate"):
		v.min, err = v.readRate("min tx rate")
	case v.TakeAbbr("spoofchk"):
		err = v.readSetting("spoofchk", uapi.IFLA_VF_SPOOFCHK)
	case v.TakeAbbr("query_rss"):
		err = v.readSetting("query_rss", uapi.IFLA_VF_RSS_QUERY_EN)
	case v.TakeAbbr("trust"):
		err = v.readSetting("trust", uapi.IFLA_VF_TRUST)
	case v.TakeAbbr("state"):
		var n uint8
		if n, err = nextChoice(v.linkWords.Command, vfStates, "Invalid \"state\" value\n"); err == nil {
			v.e.Struct(uapi.IFLA_VF_LINK_STATE, uapi.SizeofIflaVfLinkState,
				&uapi.IflaVfLinkState{Vf: v.vf, LinkState: uint32(n)})
		}
	case v.TakeAbbr("node_guid"):
		err = v.readGUID("node_guid", uapi.IFLA_VF_IB_NODE_GUID)
	case v.TakeAbbr("port_guid"):
		err = v.readGUID("port_guid", uapi.IFLA_VF_IB_PORT_GUID)
	default:
		return false, nil
	}
	return true, err
}

func (v *vfWords) readMAC() error {
	word, err := v.Next()
	if err != nil {
		return err
	}
	b, err := cli.ParseLLAddr(word)
	if err != nil {
		return err
	}
	mac := uapi.IflaVfMac{Vf: v.vf}
	copy(mac.Mac[:], b)
	v.e.Struct(uapi.IFLA_VF_MAC, uapi.SizeofIflaVfMac, &mac)
	return nil
}

// readVLAN reads VLANID [ qos QOS ] [ proto PROTO ]. 802.1Q needs no list, and
// so goes to kernels before 4.9 too.
func (v *vfWords) readVLAN() error {
	id, err := v.Uint(12, "Invalid \"vlan\" value\n")
	if err != nil {
		return err
	}
	info := uapi.IflaVfVlanInfo{Vf: v.vf, Vlan: uint32(id), VlanProto: uapi.ETH_P_8021Q}
	for {
		switch {
		case v.TakeAbbr("qos"):
			qos, err := v.Uint(32, "Invalid \"qos\" value\n")
			if err != nil {
				return err
			}
			info.Qos = uint32(qos)
		case v.TakeAbbr("proto"):
			word, err := v.Next()
			if err != nil {
				return err
			}
			proto, ok := desc.EtherProtocol(word)
			if !ok || proto != uapi.ETH_P_8021Q && proto != uapi.ETH_P_8021AD {
				return desc.Wrong(word, "protocol is invalid\n")
			}
			info.VlanProto = proto
		case info.VlanProto == uapi.ETH_P_8021Q:
			v.e.Struct(uapi.IFLA_VF_VLAN, uapi.SizeofIflaVfVlan, &uapi.IflaVfVlan{Vf: info.Vf, Vlan: info.Vlan, Qos: info.Qos})
			return nil
		default:
			v.e.Nest(uapi.IFLA_VF_VLAN_LIST)
			v.e.Struct(uapi.IFLA_VF_VLAN_INFO, uapi.SizeofIflaVfVlanInfo, &info)
			v.e.End()
			return nil
		}
	}
}

func (v *vfWords) readRate(what string) (*uint32, error) {
	n, err := v.Uint(32, "Invalid \""+what+"\" value\n")
	rate := uint32(n)
	return &rate, err
}

// vfSetting is what spoofchk, query_rss and trust have in common: their
// structures are alike.
func (v *vfWords) readSetting(keyword string, typ uint16) error {
	on, err := v.OnOff(keyword)
	if err != nil {
		return err
	}
	v.e.Struct(typ, uapi.SizeofIflaVfTrust, &uapi.IflaVfTrust{Vf: v.vf, Setting: uint32(boolByte(on))})
	return nil
}

// readGUID reads eight bytes in hexadecimal with colons between, the first of
// which is the number's highest.
func (v *vfWords) readGUID(keyword string, typ uint16) error {
	word, err := v.Next()
	if err != nil {
		return err
	}
	var guid uint64
	parts := strings.Split(word, ":")
	for _, part := range parts {
		b, err := strconv.ParseUint(part, 16, 8)
		if err != nil || len(parts) != 8 {
			return invalidValue(keyword, word)
		}
		guid = guid<<8 | b
	}
	v.e.Struct(typ, uapi.SizeofIflaVfGuid, &uapi.IflaVfGuid{Vf: v.vf, Guid: guid})
	return nil
}

// putRate appends both rates; the one that was not given stays as it is.
func (v *vfWords) putRate() error {
	if v.min == nil && v.max == nil {
		return nil
	}
	rate := uapi.IflaVfRate{Vf: v.vf}
	if v.min == nil || v.max == nil {
		now, err := vfRate(v.linkWords.Command.Session, v.dev, v.vf)
		if err != nil {
			return err
		}
		rate.MinTxRate, rate.MaxTxRate = now.MinTxRate, now.MaxTxRate
	}
	if v.min != nil {
		rate.MinTxRate = *v.min
	}
	if v.max != nil {
		rate.MaxTxRate = *v.max
	}
	if rate.MaxTxRate != 0 && rate.MinTxRate > rate.MaxTxRate {
		return cli.Exit(cli.StatusFailed, "Invalid min_tx_rate %d - must be <= max_tx_rate %d", rate.MinTxRate,
			rate.MaxTxRate)
	}
	v.e.Struct(uapi.IFLA_VF_RATE, uapi.SizeofIflaVfRate, &rate)
	return nil
}

// vfRate returns the rates that a function has.
func vfRate(s *cli.Session, dev string, vf uint32) (uapi.IflaVfRate, error) {
	m, err := s.Get(cli.LinkRequest(0, dev, uapi.RTEXT_FILTER_VF|uapi.RTEXT_FILTER_SKIP_STATS))
	if err != nil {
		return uapi.IflaVfRate{}, cli.NoDevice(dev)
	}
	for _, info := range readLink(m).vfs() {
		var rate uapi.IflaVfRate
		rate.Decode(info[uapi.IFLA_VF_RATE])
		if rate.Vf == vf {
			return rate, nil
		}
	}
	return uapi.IflaVfRate{}, nil
}
