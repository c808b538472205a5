package unix

// Numbers of devices, of 32 bits: from the top, 16 bits of the minor number, 8 of the major one, 8 of the minor one.

// Major returns the major number of a device.
func Major(dev uint64) uint32 { return uint32(dev>>8) & 0xff }

// Minor returns the minor number of a device.
func Minor(dev uint64) uint32 { return uint32(dev)&0xff | uint32(dev)>>8&0xffff00 }

// Mkdev returns the number of the device with the given major and minor ones.
func Mkdev(major, minor uint32) uint64 {
	return uint64(major&0xff<<8 | minor&0xffff00<<8 | minor&0xff)
}
