package unix

// Numbers of devices in 64 bits: the topmost bit says so, 30 bits of the major number, 32 of the minor one.

const dev64 = 1 << 63

// Major returns the major number of a device.
func Major(dev uint64) uint32 { return uint32(dev>>32) & 0x3fffffff }

// Minor returns the minor number of a device.
func Minor(dev uint64) uint32 { return uint32(dev) }

// Mkdev returns the number of the device with the given major and minor ones.
func Mkdev(major, minor uint32) uint64 { return dev64 | uint64(major)<<32 | uint64(minor) }
