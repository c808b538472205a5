//go:build darwin && !ios

package unix

// SysvShmCtl is shmctl(2).
func SysvShmCtl(id, cmd int, desc *SysvShmDesc) (result int, err error) { return shmctl(id, cmd, desc) }
