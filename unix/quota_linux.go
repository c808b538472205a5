package unix

import "unsafe"

// QCMD makes the command for [Quotactl] of Q_GETQUOTA and so on, and USRQUOTA, GRPQUOTA or PRJQUOTA.
func QCMD(cmd, typ int) int { return cmd<<SUBCMDSHIFT | typ&SUBCMDMASK }

// Quotactl is quotactl(2). cmd is made by [QCMD]; special is the block device, "" for all with Q_SYNC; addr points to
// what the command takes: an [IfDqblk] for Q_GETQUOTA and Q_SETQUOTA, an [IfNextdqblk] for Q_GETNEXTQUOTA, an
// [IfDqinfo] for Q_GETINFO and Q_SETINFO, a path that ends with a NUL for Q_QUOTAON, a uint32 for Q_GETFMT, an
// [FsDiskQuota] or [FsQuotaStatv] for XFS' own commands (Q_XGETQUOTA and so on).
func Quotactl(cmd int, special string, id int, addr unsafe.Pointer) error {
	p, err := optional(special)
	if err != nil {
		return err
	}
	return quotactl(cmd, p, id, addr)
}
