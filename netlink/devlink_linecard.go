package netlink

import (
	"iter"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
)

// DevlinkLinecardState is how far a line card is.
type DevlinkLinecardState uint8

// How far a line card is.
const (
	DevlinkLinecardUnprovisioned      DevlinkLinecardState = uapi.DEVLINK_LINECARD_STATE_UNPROVISIONED
	DevlinkLinecardUnprovisioning     DevlinkLinecardState = uapi.DEVLINK_LINECARD_STATE_UNPROVISIONING
	DevlinkLinecardProvisioning       DevlinkLinecardState = uapi.DEVLINK_LINECARD_STATE_PROVISIONING
	DevlinkLinecardProvisioningFailed DevlinkLinecardState = uapi.DEVLINK_LINECARD_STATE_PROVISIONING_FAILED
	DevlinkLinecardProvisioned        DevlinkLinecardState = uapi.DEVLINK_LINECARD_STATE_PROVISIONED
	DevlinkLinecardActive             DevlinkLinecardState = uapi.DEVLINK_LINECARD_STATE_ACTIVE
)

// DevlinkLinecard is a slot for a line card, and what is in it: devlink lc (Linux 5.19).
type DevlinkLinecard struct {
	DevlinkRef
	Index uint32
	Type  *string // that it is provisioned for; "": none

	// Read only.
	State          DevlinkLinecardState
	SupportedTypes []string
	Nested         DevlinkRef // the device of the line card itself
}

func (l *DevlinkLinecard) attrs(c *attr.Codec) {
	l.DevlinkRef.attrs(c)
	attr.U32(c, uapi.DEVLINK_ATTR_LINECARD_INDEX, &l.Index)
	optString(c, uapi.DEVLINK_ATTR_LINECARD_TYPE, &l.Type)
	attr.U8(c, uapi.DEVLINK_ATTR_LINECARD_STATE|attr.ReadOnly, &l.State)
	attr.Repeat(c, uapi.DEVLINK_ATTR_LINECARD_SUPPORTED_TYPES|attr.ReadOnly, uapi.DEVLINK_ATTR_LINECARD_TYPE,
		&l.SupportedTypes, attr.String)
	attr.Nest(c, uapi.DEVLINK_ATTR_NESTED_DEVLINK|attr.ReadOnly, l.Nested.attrs)
}

// DevlinkLinecardSeq gives the line cards of a device as they come: devlink lc show. The last pair holds the error, if
// there is one.
func (h *Handle) DevlinkLinecardSeq(of DevlinkRef) iter.Seq2[DevlinkLinecard, error] {
	return devlinkSeq[DevlinkLinecard](h, uapi.DEVLINK_CMD_LINECARD_GET, "devlink linecard list", of)
}

// DevlinkLinecardSet provisions a slot for a type of line cards: devlink lc set.
func (h *Handle) DevlinkLinecardSet(linecard DevlinkLinecard) error {
	return devlinkDo(h, uapi.DEVLINK_CMD_LINECARD_SET, "devlink linecard set", &linecard)
}
