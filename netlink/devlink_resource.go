package netlink

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// DevlinkResource is something that a device has so much of, such as entries of a table.
type DevlinkResource struct {
	Name            string
	ID              uint64
	Size            uint64
	SizeNew         uint64 // after the next reload
	SizeMin         uint64
	SizeMax         uint64
	SizeGranularity uint64
	PendingChange   bool // SizeNew differs from Size
	Unit            uint8
	SizeValid       bool // the sizes of the resources in it fit into its own
	OCCValid        bool // OCCSize was reported
	OCCSize         uint64
	Parent          *DevlinkResource // nil: none
	Children        []DevlinkResource
}

// DevlinkResources are the resources of a device: devlink resource show.
type DevlinkResources struct {
	Bus       string
	Device    string
	Resources []DevlinkResource
}

// DevlinkGetDeviceResources returns the resources of a device: devlink resource show BUS/DEVICE.
func (h *Handle) DevlinkGetDeviceResources(bus string, device string) (*DevlinkResources, error) {
	all := &DevlinkResources{}
	// Many resources come in several parts.
	if err := devlinkCall(uapi.DEVLINK_CMD_RESOURCE_DUMP, "devlink resource get", bus, device, nil).get(h,
		all.decode); err != nil {
		return nil, err
	}
	for i := range all.Resources {
		all.Resources[i].adopt()
	}
	return all, nil
}

func (all *DevlinkResources) decode(d *wire.Decoder) {
	for d.Next() {
		switch d.Type() {
		case uapi.DEVLINK_ATTR_BUS_NAME:
			all.Bus = d.String()
		case uapi.DEVLINK_ATTR_DEV_NAME:
			all.Device = d.String()
		case uapi.DEVLINK_ATTR_RESOURCE_LIST:
			d.Fail(decodeDevlinkResources(d.Nested(), &all.Resources, 0))
		}
	}
}

// resourceDepth bounds how deep resources are in one another.
const resourceDepth = 32

func decodeDevlinkResources(d wire.Decoder, list *[]DevlinkResource, depth int) error {
	return eachNested(d, func(d *wire.Decoder) {
		if depth < resourceDepth {
			var v DevlinkResource
			v.decode(d, depth)
			*list = append(*list, v)
		}
	})
}

func (v *DevlinkResource) decode(d *wire.Decoder, depth int) {
	changed := false
	for d.Next() {
		switch d.Type() {
		case uapi.DEVLINK_ATTR_RESOURCE_NAME:
			v.Name = d.String()
		case uapi.DEVLINK_ATTR_RESOURCE_ID:
			v.ID = d.Uint64()
		case uapi.DEVLINK_ATTR_RESOURCE_SIZE:
			v.Size = d.Uint64()
		case uapi.DEVLINK_ATTR_RESOURCE_SIZE_NEW:
			v.SizeNew, changed = d.Uint64(), true
		case uapi.DEVLINK_ATTR_RESOURCE_SIZE_MIN:
			v.SizeMin = d.Uint64()
		case uapi.DEVLINK_ATTR_RESOURCE_SIZE_MAX:
			v.SizeMax = d.Uint64()
		case uapi.DEVLINK_ATTR_RESOURCE_SIZE_GRAN:
			v.SizeGranularity = d.Uint64()
		case uapi.DEVLINK_ATTR_RESOURCE_UNIT:
			v.Unit = d.Uint8()
		case uapi.DEVLINK_ATTR_RESOURCE_SIZE_VALID:
			v.SizeValid = d.Bool()
		case uapi.DEVLINK_ATTR_RESOURCE_OCC:
			v.OCCSize, v.OCCValid = d.Uint64(), true
		case uapi.DEVLINK_ATTR_RESOURCE_LIST:
			d.Fail(decodeDevlinkResources(d.Nested(), &v.Children, depth+1))
		}
	}
	if !changed {
		v.SizeNew = v.Size
	}
	v.PendingChange = v.SizeNew != v.Size
}

// adopt sets the parents, once all resources are where they stay.
func (v *DevlinkResource) adopt() {
	for i := range v.Children {
		v.Children[i].Parent = v
		v.Children[i].adopt()
	}
}
