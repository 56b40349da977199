// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)
/* pd_device.c - the device itself: commands, work queues, raw masters. */
#include "drivers/pasid-device/pd.h"

#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/iopoll.h>
#include <linux/minmax.h>
#include <linux/pci.h>
#include <linux/string.h>

/* BAR0 */
#define REG_OPCAP 0x40
#define REG_ENGCAP 0x38
#define REG_WQCAP 0x20
#define WQCAP_ENTRIES GENMASK_ULL(15, 0)
#define WQCAP_WQS GENMASK_ULL(23, 16)
#define REG_CMD 0xa0
#define CMD_CODE GENMASK(24, 20)
#define REG_CMDSTS 0xa8
#define CMDSTS_ERROR GENMASK(7, 0)
#define CMDSTS_ACTIVE BIT(31)
#define REG_SWERR 0xc0
#define SWERR_VALID BIT_ULL(0)
#define SWERR_OVERFLOW BIT_ULL(1)
#define SWERR_WQ_VALID BIT_ULL(3)
#define SWERR_ERROR GENMASK_ULL(15, 8)
#define SWERR_WQ GENMASK_ULL(23, 16)
#define REG_GRPCFG 0x400
#define GRPCFG_ENGINES 0x20
#define REG_WQCFG(n) (0x500u + 0x40u * (n))
#define WQCFG_SIZE 0x00
#define WQCFG_THRESHOLD 0x04
#define WQCFG_MODE 0x08
#define WQ_DEDICATED BIT(0)
#define WQ_BOF BIT(1)
#define WQ_PRIORITY GENMASK(7, 4)
#define WQ_PASID GENMASK(27, 8)
#define WQ_PASID_EN BIT(28)
#define WQCFG_LIMITS 0x0c
#define WQ_MAX_XFER GENMASK(4, 0)
#define WQ_MAX_BATCH GENMASK(8, 5)
#define WQCFG_STATE 0x18
#define WQ_STATE GENMASK(31, 30)
#define WQCFG_OPS 0x20

enum { CMD_ENABLE_DEVICE = 1, CMD_DISABLE_DEVICE = 2, CMD_RESET_DEVICE = 5, CMD_ENABLE_WQ = 6, CMD_DISABLE_WQ = 7 };
enum { QUEUE_ENTRIES = 8, XFER_LG2 = 21, BATCH_LG2 = 4, COMMAND_US = 1000000 };

/* BAR2: four pages a queue, the first for any number of entries */
#define PORTAL(n) ((n)*0x4000u)

/* BAR4: raw masters */
#define REG_XKEY 0x00
#define REG_SLOT(n) (0x100u + 0x80u * (n))
#define SLOT_GO BIT_ULL(0)
#define SLOT_BUSY BIT_ULL(1)
#define SLOT_TYPE_WRITE BIT_ULL(4)
#define SLOT_PASID_V BIT_ULL(36)
#define SLOT_NO_SNOOP BIT_ULL(37)
#define SLOT_ZERO_LENGTH BIT_ULL(46)
#define SLOT_USE_ATC BIT_ULL(47)
#define SLOT_STATUS 0x20
#define SLOT_FAILED (GENMASK(2, 0) | BIT(3) | BIT(4))
#define REG_BUFFER(n) (0x1000u + 0x100u * (n))
#define BUFFER_COMPLETION 0x80

/* ---- commands ---- */

bool pd_command_active(struct pd_parent *parent)
{
    return readl(parent->control + REG_CMDSTS) & CMDSTS_ACTIVE;
}

static int command_wait(struct pd_parent *parent)
{
    u32 status;

    if (readl_poll_timeout(parent->control + REG_CMDSTS, status, !(status & CMDSTS_ACTIVE), 1, COMMAND_US))
        return -EBUSY;
    return status & CMDSTS_ERROR ? -EIO : 0;
}

int pd_command(struct pd_parent *parent, u32 code, u32 operand, bool wait)
{
    u32 status;

    if (readl_poll_timeout(parent->control + REG_CMDSTS, status, !(status & CMDSTS_ACTIVE), 1, COMMAND_US))
        return -EBUSY;
    writel(FIELD_PREP(CMD_CODE, code) | operand, parent->control + REG_CMD);
    return wait ? command_wait(parent) : 0;
}

/* ---- work queues ---- */

static u32 queue_mask(unsigned int queue)
{
    return BIT(queue % 16) | (queue / 16) << 16;
}

static int queue_disable(struct pd_parent *parent, unsigned int queue)
{
    u32 state = readl(parent->control + REG_WQCFG(queue) + WQCFG_STATE);

    return FIELD_GET(WQ_STATE, state) ? pd_command(parent, CMD_DISABLE_WQ, queue_mask(queue), true) : 0;
}

/* Of a dedicated queue the PASID is in its configuration, which can be changed while it is off. */
int pd_queue_setup(struct pd_parent *parent, unsigned int queue, bool shared, u32 pasid)
{
    void __iomem *wq = parent->control + REG_WQCFG(queue);
    int ret = queue_disable(parent, queue);

    if (ret)
        return ret;
    writel(QUEUE_ENTRIES, wq + WQCFG_SIZE);
    writel(shared ? QUEUE_ENTRIES : 0, wq + WQCFG_THRESHOLD);
    writel((shared ? 0 : WQ_DEDICATED) | WQ_BOF | FIELD_PREP(WQ_PRIORITY, 1u) | FIELD_PREP(WQ_PASID, pasid) | WQ_PASID_EN,
           wq + WQCFG_MODE);
    writel(FIELD_PREP(WQ_MAX_XFER, (u32)XFER_LG2) | FIELD_PREP(WQ_MAX_BATCH, (u32)BATCH_LG2), wq + WQCFG_LIMITS);
    for (unsigned int i = 0; i < 4; i++)
        writeq(readq(parent->control + REG_OPCAP + 8 * i), wq + WQCFG_OPS + 8 * i);
    return pd_command(parent, CMD_ENABLE_WQ, queue, true);
}

/* Sizes are looked at when the device is enabled, so they are set before; a queue is enabled when it is set up. */
int pd_device_start(struct pd_parent *parent)
{
    u64 cap = readq(parent->control + REG_WQCAP);
    u32 engines = readl(parent->control + REG_ENGCAP) & 0xff;
    int ret;

    if (FIELD_GET(WQCAP_WQS, cap) < PD_MDEVS || FIELD_GET(WQCAP_ENTRIES, cap) < PD_MDEVS * QUEUE_ENTRIES || !engines)
        return -ENODEV;
    ret = pd_command(parent, CMD_RESET_DEVICE, 0, true);
    if (ret)
        return ret;
    for (unsigned int i = 0; i < PD_MDEVS; i++)
        writel(QUEUE_ENTRIES, parent->control + REG_WQCFG(i) + WQCFG_SIZE);
    writeq(GENMASK_ULL(PD_MDEVS - 1, 0), parent->control + REG_GRPCFG);
    writeq(GENMASK_ULL(engines - 1, 0), parent->control + REG_GRPCFG + GRPCFG_ENGINES);
    ret = pd_command(parent, CMD_ENABLE_DEVICE, 0, true);
    if (ret)
        return ret;
    if (parent->masters) {
        writel(0x52455845, parent->masters + REG_XKEY);
        writel(0x4b434c55, parent->masters + REG_XKEY);
    }
    return 0;
}

void pd_device_stop(struct pd_parent *parent)
{
    (void)pd_command(parent, CMD_DISABLE_DEVICE, 0, true);
    (void)pd_command(parent, CMD_RESET_DEVICE, 0, true);
}

int pd_portal_enqueue(struct pd_parent *parent, unsigned int queue, u64 offset, const void *descriptor)
{
    return enqcmds(parent->portals + PORTAL(queue) + offset, descriptor) ? -EAGAIN : 0;
}

int pd_queue_submit(struct pd_parent *parent, unsigned int queue, bool shared, const u64 descriptor[8])
{
    int ret = 0;

    writeq(SWERR_VALID | SWERR_OVERFLOW, parent->control + REG_SWERR);
    if (shared)
        ret = pd_portal_enqueue(parent, queue, 0, descriptor);
    else
        iosubmit_cmds512(parent->portals + PORTAL(queue), descriptor, 1);
    return ret ? ret : pd_command(parent, PD_DRAIN_WQ, queue_mask(queue), false);
}

/* Work without a completion record leaves its error in SWERR: the first one since it was cleared. */
u32 pd_queue_result(struct pd_parent *parent, unsigned int queue, u64 *fault)
{
    u64 error = readq(parent->control + REG_SWERR);
    u32 code = FIELD_GET(SWERR_ERROR, error);

    if (!(error & SWERR_VALID))
        return PMDEV_OK;
    if (!(error & SWERR_WQ_VALID) || FIELD_GET(SWERR_WQ, error) != queue)
        return error & SWERR_OVERFLOW ? PMDEV_ERROR : PMDEV_OK;
    *fault = readq(parent->control + REG_SWERR + 16);
    if (code == 0x03 || code == 0x04 || code == 0x31 || (code >= 0x41 && code <= 0x46))
        return PMDEV_FAULT;
    return code >= 0x10 && code < 0x20 ? PMDEV_INVALID : PMDEV_ERROR;
}

/* ---- raw masters ---- */

static u32 master_run(struct pd_parent *parent, unsigned int master, u64 what, u32 pasid, u64 address, unsigned int bytes)
{
    void __iomem *slot = parent->masters + REG_SLOT(master);
    u64 word;

    writeq(pasid, slot + 8);
    writeq(address, slot + 16);
    writeq(bytes, slot + 24);
    writeq(what | SLOT_PASID_V | SLOT_GO, slot);
    if (readq_poll_timeout(slot, word, !(word & SLOT_BUSY), 1, COMMAND_US))
        return PMDEV_ERROR;
    return readl(slot + SLOT_STATUS) & SLOT_FAILED ? PMDEV_FAULT : PMDEV_OK;
}

/* Registers of the device are reached by 4 or 8 bytes. */
static void buffer_write(void __iomem *buffer, const u8 *data, unsigned int bytes)
{
    for (unsigned int at = 0; at < bytes; at += 8) {
        u64 word = 0;

        memcpy(&word, data + at, min_t(unsigned int, bytes - at, 8));
        writeq(word, buffer + at);
    }
}

static void buffer_read(const void __iomem *buffer, u8 *data, unsigned int bytes)
{
    for (unsigned int at = 0; at < bytes; at += 8) {
        u64 word = readq(buffer + at);

        memcpy(data + at, &word, min_t(unsigned int, bytes - at, 8));
    }
}

/*
 * A write is posted: nobody tells what became of it. Where the device translates itself it knows before; else a read of no bytes
 * behind it tells.
 */
u32 pd_master_access(struct pd_parent *parent, unsigned int master, bool write, u32 pasid, u64 address, u8 *data,
                     unsigned int bytes, bool no_snoop)
{
    void __iomem *buffer = parent->masters + REG_BUFFER(master);
    u64 what = (no_snoop ? SLOT_NO_SNOOP : 0) | (parent->pdev->ats_enabled ? SLOT_USE_ATC : 0);
    u32 code;

    if (write)
        buffer_write(buffer, data, bytes);
    code = master_run(parent, master, what | (write ? SLOT_TYPE_WRITE : 0), pasid, address, bytes);
    if (code == PMDEV_OK && write && !parent->pdev->ats_enabled)
        code = master_run(parent, master, SLOT_ZERO_LENGTH, pasid, address, 4);
    if (code == PMDEV_OK && !write)
        buffer_read(buffer + BUFFER_COMPLETION, data, bytes);
    return code;
}
