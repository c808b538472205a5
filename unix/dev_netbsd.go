package unix

// Numbers of devices, of 32 bits: from the top, 12 bits of the minor number, 12 of the major one, 8 of the minor one.

// Major returns the major number of a device.
func Major(dev uint64) uint32 { return uint32(dev>>8) & 0xfff }

// Minor returns the minor number of a device.
func Minor(dev uint64) uint32 { return uint32(dev)&0xff | uint32(dev)>>12&0xfff00 }

// Mkdev returns the number of the device with the given major and minor ones.
func Mkdev(major, minor uint32) uint64 {
	return uint64(major&0xfff<<8 | minor&0xfff00<<12 | minor&0xff)
}
