package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
)

// CsumUpdateFlags are checksums, of TCA_CSUM_UPDATE_FLAG_….
type CsumUpdateFlags uint32

// The checksums that [CsumAction] computes.
const (
	TCA_CSUM_UPDATE_FLAG_IPV4HDR CsumUpdateFlags = uapi.TCA_CSUM_UPDATE_FLAG_IPV4HDR
	TCA_CSUM_UPDATE_FLAG_ICMP    CsumUpdateFlags = uapi.TCA_CSUM_UPDATE_FLAG_ICMP
	TCA_CSUM_UPDATE_FLAG_IGMP    CsumUpdateFlags = uapi.TCA_CSUM_UPDATE_FLAG_IGMP
	TCA_CSUM_UPDATE_FLAG_TCP     CsumUpdateFlags = uapi.TCA_CSUM_UPDATE_FLAG_TCP
	TCA_CSUM_UPDATE_FLAG_UDP     CsumUpdateFlags = uapi.TCA_CSUM_UPDATE_FLAG_UDP
	TCA_CSUM_UPDATE_FLAG_UDPLITE CsumUpdateFlags = uapi.TCA_CSUM_UPDATE_FLAG_UDPLITE
	TCA_CSUM_UPDATE_FLAG_SCTP    CsumUpdateFlags = uapi.TCA_CSUM_UPDATE_FLAG_SCTP
)

// CsumAction computes checksums anew, for what actions before it changed: tc-csum(8).
type CsumAction struct {
	ActionAttrs
	UpdateFlags CsumUpdateFlags
}

// NewCsumAction returns one that the next action comes after.
func NewCsumAction() *CsumAction { return &CsumAction{ActionAttrs: ActionAttrs{Action: TC_ACT_PIPE}} }

// Attrs returns the attributes that all kinds have.
func (action *CsumAction) Attrs() *ActionAttrs { return &action.ActionAttrs }

// Type returns "csum".
func (action *CsumAction) Type() string { return "csum" }

func (action *CsumAction) attrs(c *attr.Codec) {
	p := uapi.TcCsum{UpdateFlags: uint32(action.UpdateFlags)}
	parms(c, uapi.TCA_CSUM_PARMS, uapi.SizeofTcCsum, &action.ActionAttrs, &p)
	timestamp(c, uapi.TCA_CSUM_TM, &action.ActionAttrs)
	action.UpdateFlags = CsumUpdateFlags(p.UpdateFlags)
}
