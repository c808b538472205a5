//go:build linux && s390x

package unix

// S390PciMmioRead is s390_pci_mmio_read(2): it reads from a PCI function's memory that was mapped at addr.
//sys	S390PciMmioRead(addr uintptr, buf []byte) (err error) = SYS_S390_PCI_MMIO_READ
// S390PciMmioWrite is s390_pci_mmio_write(2): it writes to a PCI function's memory that was mapped at addr.
//sys	S390PciMmioWrite(addr uintptr, buf []byte) (err error) = SYS_S390_PCI_MMIO_WRITE
// S390Sthyi is s390_sthyi(2), Linux 4.15: what the hypervisor says of the machine, STHYI_FC_CP_IFL_CAP for its
// processors, as IBM's description of the STHYI instruction has it. rc is that instruction's return code. flags must
// be 0.
//sys	S390Sthyi(function uintptr, page *[4096]byte, rc *uint64, flags uint) (err error) = SYS_S390_STHYI
