package unix

// Numbers of devices: 24 bits of the minor number, above them 8 of the major one.

// Major returns the major number of a device.
func Major(dev uint64) uint32 { return uint32(dev>>24) & 0xff }

// Minor returns the minor number of a device.
func Minor(dev uint64) uint32 { return uint32(dev) & 0xffffff }

// Mkdev returns the number of the device with the given major and minor ones.
func Mkdev(major, minor uint32) uint64 { return uint64(major)<<24 | uint64(minor) }
