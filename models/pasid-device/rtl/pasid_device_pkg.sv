// SPDX-License-Identifier: BSD-2-Clause
// pasid_device_pkg.sv - made from pasid_device_regs.def by tools/pd_regs_gen.c; do not edit.
package pasid_device_pkg;

    // BAR0 version of the programming model
    localparam logic [15:0] AT_VERSION = 16'h0000;
    localparam int VERSION_VALUE_LOW = 0, VERSION_VALUE_WIDTH = 32;
    localparam logic [31:0] VERSION_VALUE_RESET = 32'h200;

    // BAR0 general capabilities
    localparam logic [15:0] AT_GENCAP = 16'h0010;
    localparam int GENCAP_BLOCK_ON_FAULT_LOW = 0, GENCAP_BLOCK_ON_FAULT_WIDTH = 1;
    localparam logic [0:0] GENCAP_BLOCK_ON_FAULT_RESET = 1'h1;
    localparam int GENCAP_OVERLAP_LOW = 1, GENCAP_OVERLAP_WIDTH = 1;
    localparam logic [0:0] GENCAP_OVERLAP_RESET = 1'h1;
    localparam int GENCAP_CMD_CAP_LOW = 4, GENCAP_CMD_CAP_WIDTH = 1;
    localparam logic [0:0] GENCAP_CMD_CAP_RESET = 1'h1;
    localparam int GENCAP_DEST_READBACK_LOW = 8, GENCAP_DEST_READBACK_WIDTH = 1;
    localparam logic [0:0] GENCAP_DEST_READBACK_RESET = 1'h1;
    localparam int GENCAP_EVL_LOW = 13, GENCAP_EVL_WIDTH = 2;
    localparam logic [1:0] GENCAP_EVL_RESET = 2'h1;
    localparam int GENCAP_MAX_XFER_LOW = 16, GENCAP_MAX_XFER_WIDTH = 5;
    localparam logic [4:0] GENCAP_MAX_XFER_RESET = 5'h15;
    localparam int GENCAP_MAX_BATCH_LOW = 21, GENCAP_MAX_BATCH_WIDTH = 4;
    localparam logic [3:0] GENCAP_MAX_BATCH_RESET = 4'h5;
    localparam int GENCAP_CONFIG_EN_LOW = 31, GENCAP_CONFIG_EN_WIDTH = 1;
    localparam logic [0:0] GENCAP_CONFIG_EN_RESET = 1'h1;

    // BAR0 work queue capabilities
    localparam logic [15:0] AT_WQCAP = 16'h0020;
    localparam int WQCAP_ENTRIES_LOW = 0, WQCAP_ENTRIES_WIDTH = 16;
    localparam logic [15:0] WQCAP_ENTRIES_RESET = 16'h0;
    localparam int WQCAP_WQS_LOW = 16, WQCAP_WQS_WIDTH = 8;
    localparam logic [7:0] WQCAP_WQS_RESET = 8'h0;
    localparam int WQCAP_WQCFG_SIZE_LOW = 24, WQCAP_WQCFG_SIZE_WIDTH = 4;
    localparam logic [3:0] WQCAP_WQCFG_SIZE_RESET = 4'h1;
    localparam int WQCAP_SHARED_LOW = 48, WQCAP_SHARED_WIDTH = 1;
    localparam logic [0:0] WQCAP_SHARED_RESET = 1'h1;
    localparam int WQCAP_DEDICATED_LOW = 49, WQCAP_DEDICATED_WIDTH = 1;
    localparam logic [0:0] WQCAP_DEDICATED_RESET = 1'h1;
    localparam int WQCAP_ATS_LOW = 50, WQCAP_ATS_WIDTH = 1;
    localparam logic [0:0] WQCAP_ATS_RESET = 1'h1;
    localparam int WQCAP_PRIORITY_LOW = 51, WQCAP_PRIORITY_WIDTH = 1;
    localparam logic [0:0] WQCAP_PRIORITY_RESET = 1'h1;
    localparam int WQCAP_OCCUPANCY_LOW = 52, WQCAP_OCCUPANCY_WIDTH = 1;
    localparam logic [0:0] WQCAP_OCCUPANCY_RESET = 1'h1;
    localparam int WQCAP_OP_CONFIG_LOW = 54, WQCAP_OP_CONFIG_WIDTH = 1;
    localparam logic [0:0] WQCAP_OP_CONFIG_RESET = 1'h1;
    localparam int WQCAP_PRS_LOW = 55, WQCAP_PRS_WIDTH = 1;
    localparam logic [0:0] WQCAP_PRS_RESET = 1'h1;

    // BAR0 group capabilities
    localparam logic [15:0] AT_GRPCAP = 16'h0030;
    localparam int GRPCAP_GROUPS_LOW = 0, GRPCAP_GROUPS_WIDTH = 8;
    localparam logic [7:0] GRPCAP_GROUPS_RESET = 8'h0;

    // BAR0 engine capabilities
    localparam logic [15:0] AT_ENGCAP = 16'h0038;
    localparam int ENGCAP_ENGINES_LOW = 0, ENGCAP_ENGINES_WIDTH = 8;
    localparam logic [7:0] ENGCAP_ENGINES_RESET = 8'h0;

    // BAR0 one bit for each operation
    localparam logic [15:0] AT_OPCAP = 16'h0040;
    localparam int OPCAP_WORD0_LOW = 0, OPCAP_WORD0_WIDTH = 64;
    localparam logic [63:0] OPCAP_WORD0_RESET = 64'h0;
    localparam int OPCAP_WORD1_LOW = 64, OPCAP_WORD1_WIDTH = 64;
    localparam logic [63:0] OPCAP_WORD1_RESET = 64'h0;
    localparam int OPCAP_WORD2_LOW = 128, OPCAP_WORD2_WIDTH = 64;
    localparam logic [63:0] OPCAP_WORD2_RESET = 64'h0;
    localparam int OPCAP_WORD3_LOW = 192, OPCAP_WORD3_WIDTH = 64;
    localparam logic [63:0] OPCAP_WORD3_RESET = 64'h0;

    // BAR0 where tables begin, in units of 100h
    localparam logic [15:0] AT_OFFSETS = 16'h0060;
    localparam int OFFSETS_GRPCFG_LOW = 0, OFFSETS_GRPCFG_WIDTH = 16;
    localparam logic [15:0] OFFSETS_GRPCFG_RESET = 16'h4;
    localparam int OFFSETS_WQCFG_LOW = 16, OFFSETS_WQCFG_WIDTH = 16;
    localparam logic [15:0] OFFSETS_WQCFG_RESET = 16'h5;
    localparam int OFFSETS_MSIXPERM_LOW = 32, OFFSETS_MSIXPERM_WIDTH = 16;
    localparam logic [15:0] OFFSETS_MSIXPERM_RESET = 16'h7;
    localparam int OFFSETS_IMS_LOW = 48, OFFSETS_IMS_WIDTH = 16;
    localparam logic [15:0] OFFSETS_IMS_RESET = 16'h0;
    localparam int OFFSETS_PERFMON_LOW = 64, OFFSETS_PERFMON_WIDTH = 16;
    localparam logic [15:0] OFFSETS_PERFMON_RESET = 16'h0;

    // BAR0 general configuration
    localparam logic [15:0] AT_GENCFG = 16'h0080;
    localparam int GENCFG_USER_INT_EN_LOW = 12, GENCFG_USER_INT_EN_WIDTH = 1;
    localparam logic [0:0] GENCFG_USER_INT_EN_RESET = 1'h0;
    localparam int GENCFG_EVL_EN_LOW = 13, GENCFG_EVL_EN_WIDTH = 1;
    localparam logic [0:0] GENCFG_EVL_EN_RESET = 1'h0;

    // BAR0 interrupt enables
    localparam logic [15:0] AT_GENCTRL = 16'h0088;
    localparam int GENCTRL_SOFTERR_LOW = 0, GENCTRL_SOFTERR_WIDTH = 1;
    localparam logic [0:0] GENCTRL_SOFTERR_RESET = 1'h0;
    localparam int GENCTRL_HALT_LOW = 1, GENCTRL_HALT_WIDTH = 1;
    localparam logic [0:0] GENCTRL_HALT_RESET = 1'h0;
    localparam int GENCTRL_EVL_LOW = 2, GENCTRL_EVL_WIDTH = 1;
    localparam logic [0:0] GENCTRL_EVL_RESET = 1'h0;

    // BAR0 general status
    localparam logic [15:0] AT_GENSTS = 16'h0090;
    localparam int GENSTS_STATE_LOW = 0, GENSTS_STATE_WIDTH = 2;
    localparam logic [1:0] GENSTS_STATE_RESET = 2'h0;
    localparam int GENSTS_RESET_TYPE_LOW = 2, GENSTS_RESET_TYPE_WIDTH = 2;
    localparam logic [1:0] GENSTS_RESET_TYPE_RESET = 2'h0;

    // BAR0 interrupt causes; vector 0 is sent when an enabled one becomes 1
    localparam logic [15:0] AT_INTCAUSE = 16'h0098;
    localparam int INTCAUSE_ERR_LOW = 0, INTCAUSE_ERR_WIDTH = 1;
    localparam logic [0:0] INTCAUSE_ERR_RESET = 1'h0;
    localparam int INTCAUSE_CMD_LOW = 1, INTCAUSE_CMD_WIDTH = 1;
    localparam logic [0:0] INTCAUSE_CMD_RESET = 1'h0;
    localparam int INTCAUSE_OCCUPANCY_LOW = 2, INTCAUSE_OCCUPANCY_WIDTH = 1;
    localparam logic [0:0] INTCAUSE_OCCUPANCY_RESET = 1'h0;
    localparam int INTCAUSE_HALT_LOW = 4, INTCAUSE_HALT_WIDTH = 1;
    localparam logic [0:0] INTCAUSE_HALT_RESET = 1'h0;
    localparam int INTCAUSE_EVL_LOW = 5, INTCAUSE_EVL_WIDTH = 1;
    localparam logic [0:0] INTCAUSE_EVL_RESET = 1'h0;

    // BAR0 command; ignored while CMDSTS.ACTIVE
    localparam logic [15:0] AT_CMD = 16'h00a0;
    localparam int CMD_OPERAND_LOW = 0, CMD_OPERAND_WIDTH = 20;
    localparam logic [19:0] CMD_OPERAND_RESET = 20'h0;
    localparam int CMD_CODE_LOW = 20, CMD_CODE_WIDTH = 5;
    localparam logic [4:0] CMD_CODE_RESET = 5'h0;
    localparam int CMD_INTERRUPT_LOW = 31, CMD_INTERRUPT_WIDTH = 1;
    localparam logic [0:0] CMD_INTERRUPT_RESET = 1'h0;

    // BAR0 command status
    localparam logic [15:0] AT_CMDSTS = 16'h00a8;
    localparam int CMDSTS_ERROR_LOW = 0, CMDSTS_ERROR_WIDTH = 8;
    localparam logic [7:0] CMDSTS_ERROR_RESET = 8'h0;
    localparam int CMDSTS_RESULT_LOW = 8, CMDSTS_RESULT_WIDTH = 16;
    localparam logic [15:0] CMDSTS_RESULT_RESET = 16'h0;
    localparam int CMDSTS_ACTIVE_LOW = 31, CMDSTS_ACTIVE_WIDTH = 1;
    localparam logic [0:0] CMDSTS_ACTIVE_RESET = 1'h0;

    // BAR0 one bit for each command
    localparam logic [15:0] AT_CMDCAP = 16'h00b0;
    localparam int CMDCAP_COMMANDS_LOW = 0, CMDCAP_COMMANDS_WIDTH = 32;
    localparam logic [31:0] CMDCAP_COMMANDS_RESET = 32'h1ffe;

    // BAR0 the first error since VALID was cleared
    localparam logic [15:0] AT_SWERR = 16'h00c0;
    localparam int SWERR_VALID_LOW = 0, SWERR_VALID_WIDTH = 1;
    localparam logic [0:0] SWERR_VALID_RESET = 1'h0;
    localparam int SWERR_OVERFLOW_LOW = 1, SWERR_OVERFLOW_WIDTH = 1;
    localparam logic [0:0] SWERR_OVERFLOW_RESET = 1'h0;
    localparam int SWERR_DESC_VALID_LOW = 2, SWERR_DESC_VALID_WIDTH = 1;
    localparam logic [0:0] SWERR_DESC_VALID_RESET = 1'h0;
    localparam int SWERR_WQ_VALID_LOW = 3, SWERR_WQ_VALID_WIDTH = 1;
    localparam logic [0:0] SWERR_WQ_VALID_RESET = 1'h0;
    localparam int SWERR_BATCH_LOW = 4, SWERR_BATCH_WIDTH = 1;
    localparam logic [0:0] SWERR_BATCH_RESET = 1'h0;
    localparam int SWERR_WRITE_LOW = 5, SWERR_WRITE_WIDTH = 1;
    localparam logic [0:0] SWERR_WRITE_RESET = 1'h0;
    localparam int SWERR_PRIV_LOW = 6, SWERR_PRIV_WIDTH = 1;
    localparam logic [0:0] SWERR_PRIV_RESET = 1'h0;
    localparam int SWERR_ERROR_LOW = 8, SWERR_ERROR_WIDTH = 8;
    localparam logic [7:0] SWERR_ERROR_RESET = 8'h0;
    localparam int SWERR_WQ_LOW = 16, SWERR_WQ_WIDTH = 8;
    localparam logic [7:0] SWERR_WQ_RESET = 8'h0;
    localparam int SWERR_OPERATION_LOW = 32, SWERR_OPERATION_WIDTH = 8;
    localparam logic [7:0] SWERR_OPERATION_RESET = 8'h0;
    localparam int SWERR_PASID_LOW = 40, SWERR_PASID_WIDTH = 20;
    localparam logic [19:0] SWERR_PASID_RESET = 20'h0;
    localparam int SWERR_BATCH_INDEX_LOW = 64, SWERR_BATCH_INDEX_WIDTH = 16;
    localparam logic [15:0] SWERR_BATCH_INDEX_RESET = 16'h0;
    localparam int SWERR_INVALID_FLAGS_LOW = 96, SWERR_INVALID_FLAGS_WIDTH = 32;
    localparam logic [31:0] SWERR_INVALID_FLAGS_RESET = 32'h0;
    localparam int SWERR_ADDRESS_LOW = 128, SWERR_ADDRESS_WIDTH = 64;
    localparam logic [63:0] SWERR_ADDRESS_RESET = 64'h0;

    // BAR0 event log
    localparam logic [15:0] AT_EVLCFG = 16'h00e0;
    localparam int EVLCFG_PASID_EN_LOW = 0, EVLCFG_PASID_EN_WIDTH = 1;
    localparam logic [0:0] EVLCFG_PASID_EN_RESET = 1'h0;
    localparam int EVLCFG_PRIV_LOW = 1, EVLCFG_PRIV_WIDTH = 1;
    localparam logic [0:0] EVLCFG_PRIV_RESET = 1'h0;
    localparam int EVLCFG_BASE_LOW = 12, EVLCFG_BASE_WIDTH = 52;
    localparam logic [51:0] EVLCFG_BASE_RESET = 52'h0;
    localparam int EVLCFG_SIZE_LOW = 64, EVLCFG_SIZE_WIDTH = 16;
    localparam logic [15:0] EVLCFG_SIZE_RESET = 16'h0;
    localparam int EVLCFG_PASID_LOW = 80, EVLCFG_PASID_WIDTH = 20;
    localparam logic [19:0] EVLCFG_PASID_RESET = 20'h0;

    // BAR0 event log status
    localparam logic [15:0] AT_EVLSTATUS = 16'h00f0;
    localparam int EVLSTATUS_HEAD_LOW = 0, EVLSTATUS_HEAD_WIDTH = 16;
    localparam logic [15:0] EVLSTATUS_HEAD_RESET = 16'h0;
    localparam int EVLSTATUS_TAIL_LOW = 32, EVLSTATUS_TAIL_WIDTH = 16;
    localparam logic [15:0] EVLSTATUS_TAIL_RESET = 16'h0;
    localparam int EVLSTATUS_PENDING_LOW = 62, EVLSTATUS_PENDING_WIDTH = 1;
    localparam logic [0:0] EVLSTATUS_PENDING_RESET = 1'h0;

    // BAR0 PASIDDEV in ASCII
    localparam logic [15:0] AT_XMAGIC = 16'h0100;
    localparam int XMAGIC_VALUE_LOW = 0, XMAGIC_VALUE_WIDTH = 64;
    localparam logic [63:0] XMAGIC_VALUE_RESET = 64'h5645444449534150;

    // BAR0 version and kind of implementation
    localparam logic [15:0] AT_XVER = 16'h0108;
    localparam int XVER_VERSION_LOW = 0, XVER_VERSION_WIDTH = 28;
    localparam logic [27:0] XVER_VERSION_RESET = 28'h1;
    localparam int XVER_KIND_LOW = 28, XVER_KIND_WIDTH = 4;
    localparam logic [3:0] XVER_KIND_RESET = 4'h0;

    // BAR0 straps
    localparam logic [15:0] AT_XSTRAP = 16'h010c;
    localparam int XSTRAP_EXER_LOW = 0, XSTRAP_EXER_WIDTH = 1;
    localparam logic [0:0] XSTRAP_EXER_RESET = 1'h0;
    localparam int XSTRAP_SWENQ_LOW = 1, XSTRAP_SWENQ_WIDTH = 1;
    localparam logic [0:0] XSTRAP_SWENQ_RESET = 1'h0;
    localparam int XSTRAP_NARROW_LOW = 2, XSTRAP_NARROW_WIDTH = 1;
    localparam logic [0:0] XSTRAP_NARROW_RESET = 1'h0;
    localparam int XSTRAP_EP_LOW = 3, XSTRAP_EP_WIDTH = 1;
    localparam logic [0:0] XSTRAP_EP_RESET = 1'h0;
    localparam int XSTRAP_SERIAL_LOW = 4, XSTRAP_SERIAL_WIDTH = 1;
    localparam logic [0:0] XSTRAP_SERIAL_RESET = 1'h0;
    localparam int XSTRAP_IDXDID_LOW = 5, XSTRAP_IDXDID_WIDTH = 1;
    localparam logic [0:0] XSTRAP_IDXDID_RESET = 1'h0;
    localparam int XSTRAP_EXEC_LOW = 8, XSTRAP_EXEC_WIDTH = 1;
    localparam logic [0:0] XSTRAP_EXEC_RESET = 1'h0;
    localparam int XSTRAP_PRIV_LOW = 9, XSTRAP_PRIV_WIDTH = 1;
    localparam logic [0:0] XSTRAP_PRIV_RESET = 1'h0;
    localparam int XSTRAP_GIS_LOW = 10, XSTRAP_GIS_WIDTH = 1;
    localparam logic [0:0] XSTRAP_GIS_RESET = 1'h0;
    localparam int XSTRAP_TPASID_LOW = 11, XSTRAP_TPASID_WIDTH = 1;
    localparam logic [0:0] XSTRAP_TPASID_RESET = 1'h0;
    localparam int XSTRAP_GLOB_LOW = 12, XSTRAP_GLOB_WIDTH = 1;
    localparam logic [0:0] XSTRAP_GLOB_RESET = 1'h0;

    // BAR0 geometry of the translation cache (ATC)
    localparam logic [15:0] AT_ATCCAP = 16'h0110;
    localparam int ATCCAP_ENTRIES_LOW = 0, ATCCAP_ENTRIES_WIDTH = 8;
    localparam logic [7:0] ATCCAP_ENTRIES_RESET = 8'h0;
    localparam int ATCCAP_TREQ_MAX_LOW = 8, ATCCAP_TREQ_MAX_WIDTH = 5;
    localparam logic [4:0] ATCCAP_TREQ_MAX_RESET = 5'h0;
    localparam int ATCCAP_N_XLAT_LOW = 13, ATCCAP_N_XLAT_WIDTH = 3;
    localparam logic [2:0] ATCCAP_N_XLAT_RESET = 3'h3;
    localparam int ATCCAP_LARGEST_LOW = 16, ATCCAP_LARGEST_WIDTH = 6;
    localparam logic [5:0] ATCCAP_LARGEST_RESET = 6'h1e;
    localparam int ATCCAP_INVQ_LOW = 32, ATCCAP_INVQ_WIDTH = 6;
    localparam logic [5:0] ATCCAP_INVQ_RESET = 6'h0;
    localparam int ATCCAP_POLICIES_LOW = 40, ATCCAP_POLICIES_WIDTH = 4;
    localparam logic [3:0] ATCCAP_POLICIES_RESET = 4'h7;

    // BAR0 how the ATC is used
    localparam logic [15:0] AT_ATCCFG = 16'h0118;
    localparam int ATCCFG_LIMIT_LOW = 0, ATCCFG_LIMIT_WIDTH = 8;
    localparam logic [7:0] ATCCFG_LIMIT_RESET = 8'h0;
    localparam int ATCCFG_REPLACEMENT_LOW = 8, ATCCFG_REPLACEMENT_WIDTH = 2;
    localparam logic [1:0] ATCCFG_REPLACEMENT_RESET = 2'h0;
    localparam int ATCCFG_LARGEST_LOW = 16, ATCCFG_LARGEST_WIDTH = 6;
    localparam logic [5:0] ATCCFG_LARGEST_RESET = 6'h1e;
    localparam int ATCCFG_NW_POLICY_LOW = 24, ATCCFG_NW_POLICY_WIDTH = 1;
    localparam logic [0:0] ATCCFG_NW_POLICY_RESET = 1'h0;
    localparam int ATCCFG_N_XLAT_LOW = 28, ATCCFG_N_XLAT_WIDTH = 3;
    localparam logic [2:0] ATCCFG_N_XLAT_RESET = 3'h0;
    localparam int ATCCFG_TREQ_LIMIT_LOW = 32, ATCCFG_TREQ_LIMIT_WIDTH = 5;
    localparam logic [4:0] ATCCFG_TREQ_LIMIT_RESET = 5'h0;
    localparam int ATCCFG_UR_FALLBACK_LOW = 40, ATCCFG_UR_FALLBACK_WIDTH = 1;
    localparam logic [0:0] ATCCFG_UR_FALLBACK_RESET = 1'h0;
    localparam int ATCCFG_DIS_POLICY_LOW = 41, ATCCFG_DIS_POLICY_WIDTH = 1;
    localparam logic [0:0] ATCCFG_DIS_POLICY_RESET = 1'h0;

    // BAR0 state of the ATC
    localparam logic [15:0] AT_ATCSTS = 16'h0120;
    localparam int ATCSTS_USED_LOW = 0, ATCSTS_USED_WIDTH = 8;
    localparam logic [7:0] ATCSTS_USED_RESET = 8'h0;
    localparam int ATCSTS_TREQS_LOW = 8, ATCSTS_TREQS_WIDTH = 8;
    localparam logic [7:0] ATCSTS_TREQS_RESET = 8'h0;
    localparam int ATCSTS_INVALIDATIONS_LOW = 16, ATCSTS_INVALIDATIONS_WIDTH = 8;
    localparam logic [7:0] ATCSTS_INVALIDATIONS_RESET = 8'h0;
    localparam int ATCSTS_STATE_LOW = 24, ATCSTS_STATE_WIDTH = 2;
    localparam logic [1:0] ATCSTS_STATE_RESET = 2'h0;

    // BAR0 ATC commands
    localparam logic [15:0] AT_ATCCTL = 16'h0128;
    localparam int ATCCTL_FLUSH_LOW = 0, ATCCTL_FLUSH_WIDTH = 1;
    localparam logic [0:0] ATCCTL_FLUSH_RESET = 1'h0;
    localparam int ATCCTL_REOPEN_LOW = 1, ATCCTL_REOPEN_WIDTH = 1;
    localparam logic [0:0] ATCCTL_REOPEN_RESET = 1'h0;

    // BAR0 page requests
    localparam logic [15:0] AT_PRICFG = 16'h0130;
    localparam int PRICFG_LIMIT_LOW = 0, PRICFG_LIMIT_WIDTH = 9;
    localparam logic [8:0] PRICFG_LIMIT_RESET = 9'h0;
    localparam int PRICFG_PAGES_LOW = 12, PRICFG_PAGES_WIDTH = 4;
    localparam logic [3:0] PRICFG_PAGES_RESET = 4'h1;
    localparam int PRICFG_RETRY_LOW = 16, PRICFG_RETRY_WIDTH = 8;
    localparam logic [7:0] PRICFG_RETRY_RESET = 8'h3;
    localparam int PRICFG_MARKER_LOW = 24, PRICFG_MARKER_WIDTH = 1;
    localparam logic [0:0] PRICFG_MARKER_RESET = 1'h0;
    localparam int PRICFG_STRICT_LOW = 25, PRICFG_STRICT_WIDTH = 1;
    localparam logic [0:0] PRICFG_STRICT_RESET = 1'h1;
    localparam int PRICFG_INDEX_ZERO_LOW = 26, PRICFG_INDEX_ZERO_WIDTH = 1;
    localparam logic [0:0] PRICFG_INDEX_ZERO_RESET = 1'h0;

    // BAR0 state of page requests
    localparam logic [15:0] AT_PRISTS = 16'h0138;
    localparam int PRISTS_MESSAGES_LOW = 0, PRISTS_MESSAGES_WIDTH = 16;
    localparam logic [15:0] PRISTS_MESSAGES_RESET = 16'h0;
    localparam int PRISTS_GROUPS_LOW = 16, PRISTS_GROUPS_WIDTH = 16;
    localparam logic [15:0] PRISTS_GROUPS_RESET = 16'h0;
    localparam int PRISTS_NEXT_LOW = 32, PRISTS_NEXT_WIDTH = 9;
    localparam logic [8:0] PRISTS_NEXT_RESET = 9'h0;
    localparam int PRISTS_STATE_LOW = 48, PRISTS_STATE_WIDTH = 2;
    localparam logic [1:0] PRISTS_STATE_RESET = 2'h0;

    // BAR0 in ticks; 0: never
    localparam logic [15:0] AT_TIMEOUT = 16'h0140;
    localparam int TIMEOUT_COMPLETION_LOW = 0, TIMEOUT_COMPLETION_WIDTH = 32;
    localparam logic [31:0] TIMEOUT_COMPLETION_RESET = 32'h0;
    localparam int TIMEOUT_RESPONSE_LOW = 32, TIMEOUT_RESPONSE_WIDTH = 32;
    localparam logic [31:0] TIMEOUT_RESPONSE_RESET = 32'h0;

    // BAR0 device time
    localparam logic [15:0] AT_TICK = 16'h0148;
    localparam int TICK_VALUE_LOW = 0, TICK_VALUE_WIDTH = 64;
    localparam logic [63:0] TICK_VALUE_RESET = 64'h0;

    // BAR0 limits and outstanding requests
    localparam logic [15:0] AT_LIMITS = 16'h0150;
    localparam int LIMITS_ENG_RD_LOW = 0, LIMITS_ENG_RD_WIDTH = 8;
    localparam logic [7:0] LIMITS_ENG_RD_RESET = 8'h0;
    localparam int LIMITS_TAGS_LOW = 8, LIMITS_TAGS_WIDTH = 16;
    localparam logic [15:0] LIMITS_TAGS_RESET = 16'h0;
    localparam int LIMITS_NON_POSTED_LOW = 32, LIMITS_NON_POSTED_WIDTH = 16;
    localparam logic [15:0] LIMITS_NON_POSTED_RESET = 16'h0;
    localparam int LIMITS_POSTED_LOW = 48, LIMITS_POSTED_WIDTH = 16;
    localparam logic [15:0] LIMITS_POSTED_RESET = 16'h0;

    // BAR0 cleared by a cold reset only
    localparam logic [15:0] AT_TAINT = 16'h0158;
    localparam int TAINT_UNLOCKED_LOW = 0, TAINT_UNLOCKED_WIDTH = 1;
    localparam logic [0:0] TAINT_UNLOCKED_RESET = 1'h0;
    localparam int TAINT_FIRED_LOW = 1, TAINT_FIRED_WIDTH = 1;
    localparam logic [0:0] TAINT_FIRED_RESET = 1'h0;

    // BAR0 how choices are made
    localparam logic [15:0] AT_MODE = 16'h0160;
    localparam int MODE_SERIAL_LOW = 0, MODE_SERIAL_WIDTH = 1;
    localparam logic [0:0] MODE_SERIAL_RESET = 1'h0;
    localparam int MODE_STRICT_LOW = 1, MODE_STRICT_WIDTH = 1;
    localparam logic [0:0] MODE_STRICT_RESET = 1'h0;

    // BAR0 group
    localparam logic [15:0] AT_GRPCFG = 16'h0400;
    localparam int COUNT_GRPCFG = 4, STRIDE_GRPCFG = 64;
    localparam int GRPCFG_WQS_LOW = 0, GRPCFG_WQS_WIDTH = 64;
    localparam logic [63:0] GRPCFG_WQS_RESET = 64'h0;
    localparam int GRPCFG_WQS1_LOW = 64, GRPCFG_WQS1_WIDTH = 64;
    localparam logic [63:0] GRPCFG_WQS1_RESET = 64'h0;
    localparam int GRPCFG_WQS2_LOW = 128, GRPCFG_WQS2_WIDTH = 64;
    localparam logic [63:0] GRPCFG_WQS2_RESET = 64'h0;
    localparam int GRPCFG_WQS3_LOW = 192, GRPCFG_WQS3_WIDTH = 64;
    localparam logic [63:0] GRPCFG_WQS3_RESET = 64'h0;
    localparam int GRPCFG_ENGINES_LOW = 256, GRPCFG_ENGINES_WIDTH = 64;
    localparam logic [63:0] GRPCFG_ENGINES_RESET = 64'h0;
    localparam int GRPCFG_FLAGS_LOW = 320, GRPCFG_FLAGS_WIDTH = 64;
    localparam logic [63:0] GRPCFG_FLAGS_RESET = 64'h0;

    // BAR0 work queue
    localparam logic [15:0] AT_WQCFG = 16'h0500;
    localparam int COUNT_WQCFG = 8, STRIDE_WQCFG = 64;
    localparam int WQCFG_SIZE_LOW = 0, WQCFG_SIZE_WIDTH = 16;
    localparam logic [15:0] WQCFG_SIZE_RESET = 16'h0;
    localparam int WQCFG_THRESHOLD_LOW = 32, WQCFG_THRESHOLD_WIDTH = 16;
    localparam logic [15:0] WQCFG_THRESHOLD_RESET = 16'h0;
    localparam int WQCFG_MODE_LOW = 64, WQCFG_MODE_WIDTH = 1;
    localparam logic [0:0] WQCFG_MODE_RESET = 1'h0;
    localparam int WQCFG_BOF_LOW = 65, WQCFG_BOF_WIDTH = 1;
    localparam logic [0:0] WQCFG_BOF_RESET = 1'h0;
    localparam int WQCFG_ATS_DISABLE_LOW = 66, WQCFG_ATS_DISABLE_WIDTH = 1;
    localparam logic [0:0] WQCFG_ATS_DISABLE_RESET = 1'h0;
    localparam int WQCFG_PRS_DISABLE_LOW = 67, WQCFG_PRS_DISABLE_WIDTH = 1;
    localparam logic [0:0] WQCFG_PRS_DISABLE_RESET = 1'h0;
    localparam int WQCFG_PRIORITY_LOW = 68, WQCFG_PRIORITY_WIDTH = 4;
    localparam logic [3:0] WQCFG_PRIORITY_RESET = 4'h0;
    localparam int WQCFG_PASID_LOW = 72, WQCFG_PASID_WIDTH = 20;
    localparam logic [19:0] WQCFG_PASID_RESET = 20'h0;
    localparam int WQCFG_PASID_EN_LOW = 92, WQCFG_PASID_EN_WIDTH = 1;
    localparam logic [0:0] WQCFG_PASID_EN_RESET = 1'h0;
    localparam int WQCFG_PRIV_LOW = 93, WQCFG_PRIV_WIDTH = 1;
    localparam logic [0:0] WQCFG_PRIV_RESET = 1'h0;
    localparam int WQCFG_MAX_XFER_LOW = 96, WQCFG_MAX_XFER_WIDTH = 5;
    localparam logic [4:0] WQCFG_MAX_XFER_RESET = 5'h0;
    localparam int WQCFG_MAX_BATCH_LOW = 101, WQCFG_MAX_BATCH_WIDTH = 4;
    localparam logic [3:0] WQCFG_MAX_BATCH_RESET = 4'h0;
    localparam int WQCFG_OCCUPANCY_LOW = 192, WQCFG_OCCUPANCY_WIDTH = 16;
    localparam logic [15:0] WQCFG_OCCUPANCY_RESET = 16'h0;
    localparam int WQCFG_MODE_SUPPORT_LOW = 221, WQCFG_MODE_SUPPORT_WIDTH = 1;
    localparam logic [0:0] WQCFG_MODE_SUPPORT_RESET = 1'h0;
    localparam int WQCFG_STATE_LOW = 222, WQCFG_STATE_WIDTH = 2;
    localparam logic [1:0] WQCFG_STATE_RESET = 2'h0;
    localparam int WQCFG_OP_CONFIG0_LOW = 256, WQCFG_OP_CONFIG0_WIDTH = 64;
    localparam logic [63:0] WQCFG_OP_CONFIG0_RESET = 64'h0;
    localparam int WQCFG_OP_CONFIG1_LOW = 320, WQCFG_OP_CONFIG1_WIDTH = 64;
    localparam logic [63:0] WQCFG_OP_CONFIG1_RESET = 64'h0;
    localparam int WQCFG_OP_CONFIG2_LOW = 384, WQCFG_OP_CONFIG2_WIDTH = 64;
    localparam logic [63:0] WQCFG_OP_CONFIG2_RESET = 64'h0;
    localparam int WQCFG_OP_CONFIG3_LOW = 448, WQCFG_OP_CONFIG3_WIDTH = 64;
    localparam logic [63:0] WQCFG_OP_CONFIG3_RESET = 64'h0;

    // BAR0 who may use a vector
    localparam logic [15:0] AT_MSIXPERM = 16'h0700;
    localparam int COUNT_MSIXPERM = 9, STRIDE_MSIXPERM = 8;
    localparam int MSIXPERM_IGNORE_LOW = 2, MSIXPERM_IGNORE_WIDTH = 1;
    localparam logic [0:0] MSIXPERM_IGNORE_RESET = 1'h0;
    localparam int MSIXPERM_PASID_EN_LOW = 3, MSIXPERM_PASID_EN_WIDTH = 1;
    localparam logic [0:0] MSIXPERM_PASID_EN_RESET = 1'h0;
    localparam int MSIXPERM_PASID_LOW = 12, MSIXPERM_PASID_WIDTH = 20;
    localparam logic [19:0] MSIXPERM_PASID_RESET = 20'h0;

    // BAR0 counters; see Counters
    localparam logic [15:0] AT_CNT = 16'h1000;
    localparam int COUNT_CNT = 64, STRIDE_CNT = 8;
    localparam int CNT_VALUE_LOW = 0, CNT_VALUE_WIDTH = 64;
    localparam logic [63:0] CNT_VALUE_RESET = 64'h0;

    // BAR0 control of the counters
    localparam logic [15:0] AT_CNTCTL = 16'h1200;
    localparam int CNTCTL_FREEZE_LOW = 0, CNTCTL_FREEZE_WIDTH = 1;
    localparam logic [0:0] CNTCTL_FREEZE_RESET = 1'h0;
    localparam int CNTCTL_CLEAR_LOW = 1, CNTCTL_CLEAR_WIDTH = 1;
    localparam logic [0:0] CNTCTL_CLEAR_RESET = 1'h0;

    // BAR0 MSI-X table
    localparam logic [15:0] AT_MSIX = 16'h2000;
    localparam int COUNT_MSIX = 9, STRIDE_MSIX = 16;
    localparam int MSIX_ADDRESS_LOW = 2, MSIX_ADDRESS_WIDTH = 62;
    localparam logic [61:0] MSIX_ADDRESS_RESET = 62'h0;
    localparam int MSIX_DATA_LOW = 64, MSIX_DATA_WIDTH = 32;
    localparam logic [31:0] MSIX_DATA_RESET = 32'h0;
    localparam int MSIX_MASK_LOW = 96, MSIX_MASK_WIDTH = 1;
    localparam logic [0:0] MSIX_MASK_RESET = 1'h1;

    // BAR0 MSI-X pending bits
    localparam logic [15:0] AT_MSIXPBA = 16'h3000;
    localparam int MSIXPBA_PENDING_LOW = 0, MSIXPBA_PENDING_WIDTH = 64;
    localparam logic [63:0] MSIXPBA_PENDING_RESET = 64'h0;

    // BAR4 45584552h "EXER" is 52455845h, then 4B434C55h "ULCK"
    localparam logic [15:0] AT_XKEY = 16'h0000;
    localparam int XKEY_VALUE_LOW = 0, XKEY_VALUE_WIDTH = 32;
    localparam logic [31:0] XKEY_VALUE_RESET = 32'h0;

    // BAR4 
    localparam logic [15:0] AT_XSTAT = 16'h0004;
    localparam int XSTAT_UNLOCKED_LOW = 0, XSTAT_UNLOCKED_WIDTH = 1;
    localparam logic [0:0] XSTAT_UNLOCKED_RESET = 1'h0;
    localparam int XSTAT_BUSY_LOW = 8, XSTAT_BUSY_WIDTH = 8;
    localparam logic [7:0] XSTAT_BUSY_RESET = 8'h0;
    localparam int XSTAT_HELD_LOW = 16, XSTAT_HELD_WIDTH = 1;
    localparam logic [0:0] XSTAT_HELD_RESET = 1'h0;

    // BAR4 of the generator of patterns
    localparam logic [15:0] AT_SEED = 16'h0008;
    localparam int SEED_VALUE_LOW = 0, SEED_VALUE_WIDTH = 64;
    localparam logic [63:0] SEED_VALUE_RESET = 64'h0;

    // BAR4 raw master: nothing is checked
    localparam logic [15:0] AT_SLOT = 16'h0100;
    localparam int COUNT_SLOT = 8, STRIDE_SLOT = 128;
    localparam int SLOT_GO_LOW = 0, SLOT_GO_WIDTH = 1;
    localparam logic [0:0] SLOT_GO_RESET = 1'h0;
    localparam int SLOT_BUSY_LOW = 1, SLOT_BUSY_WIDTH = 1;
    localparam logic [0:0] SLOT_BUSY_RESET = 1'h0;
    localparam int SLOT_DONE_LOW = 2, SLOT_DONE_WIDTH = 1;
    localparam logic [0:0] SLOT_DONE_RESET = 1'h0;
    localparam int SLOT_TYPE_LOW = 4, SLOT_TYPE_WIDTH = 4;
    localparam logic [3:0] SLOT_TYPE_RESET = 4'h0;
    localparam int SLOT_AT_LOW = 32, SLOT_AT_WIDTH = 2;
    localparam logic [1:0] SLOT_AT_RESET = 2'h0;
    localparam int SLOT_EXEC_LOW = 34, SLOT_EXEC_WIDTH = 1;
    localparam logic [0:0] SLOT_EXEC_RESET = 1'h0;
    localparam int SLOT_PRIV_LOW = 35, SLOT_PRIV_WIDTH = 1;
    localparam logic [0:0] SLOT_PRIV_RESET = 1'h0;
    localparam int SLOT_PASID_V_LOW = 36, SLOT_PASID_V_WIDTH = 1;
    localparam logic [0:0] SLOT_PASID_V_RESET = 1'h0;
    localparam int SLOT_NS_LOW = 37, SLOT_NS_WIDTH = 1;
    localparam logic [0:0] SLOT_NS_RESET = 1'h0;
    localparam int SLOT_RO_LOW = 38, SLOT_RO_WIDTH = 1;
    localparam logic [0:0] SLOT_RO_RESET = 1'h0;
    localparam int SLOT_IDO_LOW = 39, SLOT_IDO_WIDTH = 1;
    localparam logic [0:0] SLOT_IDO_RESET = 1'h0;
    localparam int SLOT_TC_LOW = 40, SLOT_TC_WIDTH = 3;
    localparam logic [2:0] SLOT_TC_RESET = 3'h0;
    localparam int SLOT_EP_LOW = 43, SLOT_EP_WIDTH = 1;
    localparam logic [0:0] SLOT_EP_RESET = 1'h0;
    localparam int SLOT_RID_V_LOW = 44, SLOT_RID_V_WIDTH = 1;
    localparam logic [0:0] SLOT_RID_V_RESET = 1'h0;
    localparam int SLOT_TAG_V_LOW = 45, SLOT_TAG_V_WIDTH = 1;
    localparam logic [0:0] SLOT_TAG_V_RESET = 1'h0;
    localparam int SLOT_BE_V_LOW = 46, SLOT_BE_V_WIDTH = 1;
    localparam logic [0:0] SLOT_BE_V_RESET = 1'h0;
    localparam int SLOT_USE_ATC_LOW = 47, SLOT_USE_ATC_WIDTH = 1;
    localparam logic [0:0] SLOT_USE_ATC_RESET = 1'h0;
    localparam int SLOT_PASID_LOW = 64, SLOT_PASID_WIDTH = 20;
    localparam logic [19:0] SLOT_PASID_RESET = 20'h0;
    localparam int SLOT_RID_LOW = 96, SLOT_RID_WIDTH = 16;
    localparam logic [15:0] SLOT_RID_RESET = 16'h0;
    localparam int SLOT_TAG_LOW = 112, SLOT_TAG_WIDTH = 10;
    localparam logic [9:0] SLOT_TAG_RESET = 10'h0;
    localparam int SLOT_ADDRESS_LOW = 128, SLOT_ADDRESS_WIDTH = 64;
    localparam logic [63:0] SLOT_ADDRESS_RESET = 64'h0;
    localparam int SLOT_LENGTH_LOW = 192, SLOT_LENGTH_WIDTH = 7;
    localparam logic [6:0] SLOT_LENGTH_RESET = 7'h0;
    localparam int SLOT_CODE_LOW = 224, SLOT_CODE_WIDTH = 8;
    localparam logic [7:0] SLOT_CODE_RESET = 8'h0;
    localparam int SLOT_ITAG_LOW = 235, SLOT_ITAG_WIDTH = 5;
    localparam logic [4:0] SLOT_ITAG_RESET = 5'h0;
    localparam int SLOT_CC_LOW = 240, SLOT_CC_WIDTH = 3;
    localparam logic [2:0] SLOT_CC_RESET = 3'h0;
    localparam int SLOT_STATUS_LOW = 256, SLOT_STATUS_WIDTH = 3;
    localparam logic [2:0] SLOT_STATUS_RESET = 3'h0;
    localparam int SLOT_EP_SEEN_LOW = 259, SLOT_EP_SEEN_WIDTH = 1;
    localparam logic [0:0] SLOT_EP_SEEN_RESET = 1'h0;
    localparam int SLOT_TIMED_OUT_LOW = 260, SLOT_TIMED_OUT_WIDTH = 1;
    localparam logic [0:0] SLOT_TIMED_OUT_RESET = 1'h0;
    localparam int SLOT_BYTES_LOW = 272, SLOT_BYTES_WIDTH = 8;
    localparam logic [7:0] SLOT_BYTES_RESET = 8'h0;
    localparam int SLOT_TLPS_LOW = 288, SLOT_TLPS_WIDTH = 16;
    localparam logic [15:0] SLOT_TLPS_RESET = 16'h0;
    localparam int SLOT_TICKS_LOW = 320, SLOT_TICKS_WIDTH = 64;
    localparam logic [63:0] SLOT_TICKS_RESET = 64'h0;
    localparam int SLOT_OPERAND_LOW = 384, SLOT_OPERAND_WIDTH = 64;
    localparam logic [63:0] SLOT_OPERAND_RESET = 64'h0;
    localparam int SLOT_COMPARE_LOW = 448, SLOT_COMPARE_WIDTH = 64;
    localparam logic [63:0] SLOT_COMPARE_RESET = 64'h0;
    localparam int SLOT_REPEAT_LOW = 512, SLOT_REPEAT_WIDTH = 32;
    localparam logic [31:0] SLOT_REPEAT_RESET = 32'h0;
    localparam int SLOT_STRIDE_LOW = 544, SLOT_STRIDE_WIDTH = 32;
    localparam logic [31:0] SLOT_STRIDE_RESET = 32'h0;
    localparam int SLOT_DATA_SEED_LOW = 576, SLOT_DATA_SEED_WIDTH = 64;
    localparam logic [63:0] SLOT_DATA_SEED_RESET = 64'h0;
    localparam int SLOT_CHECKSUM_LOW = 640, SLOT_CHECKSUM_WIDTH = 64;
    localparam logic [63:0] SLOT_CHECKSUM_RESET = 64'h0;

    // BAR4 an armed misbehaviour
    localparam logic [15:0] AT_HOOK = 16'h0800;
    localparam int COUNT_HOOK = 16, STRIDE_HOOK = 32;
    localparam int HOOK_ENABLE_LOW = 0, HOOK_ENABLE_WIDTH = 1;
    localparam logic [0:0] HOOK_ENABLE_RESET = 1'h0;
    localparam int HOOK_MATCH_PASID_LOW = 1, HOOK_MATCH_PASID_WIDTH = 1;
    localparam logic [0:0] HOOK_MATCH_PASID_RESET = 1'h0;
    localparam int HOOK_MATCH_ADDRESS_LOW = 2, HOOK_MATCH_ADDRESS_WIDTH = 1;
    localparam logic [0:0] HOOK_MATCH_ADDRESS_RESET = 1'h0;
    localparam int HOOK_ID_LOW = 8, HOOK_ID_WIDTH = 8;
    localparam logic [7:0] HOOK_ID_RESET = 8'h0;
    localparam int HOOK_SIZE_LG2_LOW = 16, HOOK_SIZE_LG2_WIDTH = 6;
    localparam logic [5:0] HOOK_SIZE_LG2_RESET = 6'hc;
    localparam int HOOK_SKIP_LOW = 32, HOOK_SKIP_WIDTH = 32;
    localparam logic [31:0] HOOK_SKIP_RESET = 32'h0;
    localparam int HOOK_TIMES_LOW = 64, HOOK_TIMES_WIDTH = 32;
    localparam logic [31:0] HOOK_TIMES_RESET = 32'h0;
    localparam int HOOK_PASID_LOW = 96, HOOK_PASID_WIDTH = 20;
    localparam logic [19:0] HOOK_PASID_RESET = 20'h0;
    localparam int HOOK_ADDRESS_LOW = 128, HOOK_ADDRESS_WIDTH = 64;
    localparam logic [63:0] HOOK_ADDRESS_RESET = 64'h0;
    localparam int HOOK_PARAMETER_LOW = 192, HOOK_PARAMETER_WIDTH = 32;
    localparam logic [31:0] HOOK_PARAMETER_RESET = 32'h0;
    localparam int HOOK_FIRED_LOW = 224, HOOK_FIRED_WIDTH = 32;
    localparam logic [31:0] HOOK_FIRED_RESET = 32'h0;

    // BAR4 bit n: Invalidate Request with ITag n is not completed
    localparam logic [15:0] AT_INVPEND = 16'h0c00;
    localparam int INVPEND_ITAGS_LOW = 0, INVPEND_ITAGS_WIDTH = 32;
    localparam logic [31:0] INVPEND_ITAGS_RESET = 32'h0;

    // BAR4 of these, complete but for INVREL
    localparam logic [15:0] AT_INVHELD = 16'h0c04;
    localparam int INVHELD_ITAGS_LOW = 0, INVHELD_ITAGS_WIDTH = 32;
    localparam logic [31:0] INVHELD_ITAGS_RESET = 32'h0;

    // BAR4 bit n: hold completions of ITag n
    localparam logic [15:0] AT_INVHOLD = 16'h0c08;
    localparam int INVHOLD_ITAGS_LOW = 0, INVHOLD_ITAGS_WIDTH = 32;
    localparam logic [31:0] INVHOLD_ITAGS_RESET = 32'h0;

    // BAR4 send the held completion of ITag n
    localparam logic [15:0] AT_INVREL = 16'h0c0c;
    localparam int INVREL_ITAGS_LOW = 0, INVREL_ITAGS_WIDTH = 32;
    localparam logic [31:0] INVREL_ITAGS_RESET = 32'h0;

    // BAR4 send a completion nobody asked for
    localparam logic [15:0] AT_INVFAKE = 16'h0c10;
    localparam int INVFAKE_ITAGS_LOW = 0, INVFAKE_ITAGS_WIDTH = 32;
    localparam logic [31:0] INVFAKE_ITAGS_RESET = 32'h0;
    localparam int INVFAKE_CC_LOW = 32, INVFAKE_CC_WIDTH = 3;
    localparam logic [2:0] INVFAKE_CC_RESET = 3'h0;
    localparam int INVFAKE_AGENT_LOW = 48, INVFAKE_AGENT_WIDTH = 16;
    localparam logic [15:0] INVFAKE_AGENT_RESET = 16'h0;

    // BAR4 
    localparam logic [15:0] AT_PRGHOLD = 16'h0c18;
    localparam int PRGHOLD_HOLD_LOW = 0, PRGHOLD_HOLD_WIDTH = 1;
    localparam logic [0:0] PRGHOLD_HOLD_RESET = 1'h0;

    // BAR4 
    localparam logic [15:0] AT_PRGREL = 16'h0c1c;
    localparam int PRGREL_RELEASE_LOW = 0, PRGREL_RELEASE_WIDTH = 1;
    localparam logic [0:0] PRGREL_RELEASE_RESET = 1'h0;
    localparam int PRGREL_WAITING_LOW = 8, PRGREL_WAITING_WIDTH = 8;
    localparam logic [7:0] PRGREL_WAITING_RESET = 8'h0;

    // BAR4 
    localparam logic [15:0] AT_CPLHOLD = 16'h0c20;
    localparam int CPLHOLD_TREQ_LOW = 0, CPLHOLD_TREQ_WIDTH = 1;
    localparam logic [0:0] CPLHOLD_TREQ_RESET = 1'h0;
    localparam int CPLHOLD_DATA_LOW = 1, CPLHOLD_DATA_WIDTH = 1;
    localparam logic [0:0] CPLHOLD_DATA_RESET = 1'h0;

    // BAR4 address of the last Invalidate Request with ITag n
    localparam logic [15:0] AT_INVCOPY = 16'h0e00;
    localparam int COUNT_INVCOPY = 32, STRIDE_INVCOPY = 8;
    localparam int INVCOPY_ADDRESS_LOW = 0, INVCOPY_ADDRESS_WIDTH = 64;
    localparam logic [63:0] INVCOPY_ADDRESS_RESET = 64'h0;

    // BAR4 trace of TLPs
    localparam logic [15:0] AT_TRACECTL = 16'h0d00;
    localparam int TRACECTL_ENABLE_LOW = 0, TRACECTL_ENABLE_WIDTH = 1;
    localparam logic [0:0] TRACECTL_ENABLE_RESET = 1'h0;
    localparam int TRACECTL_STOP_ON_FULL_LOW = 1, TRACECTL_STOP_ON_FULL_WIDTH = 1;
    localparam logic [0:0] TRACECTL_STOP_ON_FULL_RESET = 1'h0;
    localparam int TRACECTL_TYPES_LOW = 8, TRACECTL_TYPES_WIDTH = 8;
    localparam logic [7:0] TRACECTL_TYPES_RESET = 8'hff;

    // BAR4 
    localparam logic [15:0] AT_TRACEPTR = 16'h0d08;
    localparam int TRACEPTR_HEAD_LOW = 0, TRACEPTR_HEAD_WIDTH = 16;
    localparam logic [15:0] TRACEPTR_HEAD_RESET = 16'h0;
    localparam int TRACEPTR_TAIL_LOW = 32, TRACEPTR_TAIL_WIDTH = 16;
    localparam logic [15:0] TRACEPTR_TAIL_RESET = 16'h0;

    // BAR4 data of raw slot n: payload at 0, completion at 80h
    localparam logic [15:0] AT_BUFFER = 16'h1000;
    localparam int COUNT_BUFFER = 8, STRIDE_BUFFER = 256;

    // BAR4 trace entry
    localparam logic [15:0] AT_TRACE = 16'h2000;
    localparam int COUNT_TRACE = 128, STRIDE_TRACE = 64;
    localparam int TRACE_TICK_LOW = 0, TRACE_TICK_WIDTH = 64;
    localparam logic [63:0] TRACE_TICK_RESET = 64'h0;
    localparam int TRACE_KIND_LOW = 64, TRACE_KIND_WIDTH = 4;
    localparam logic [3:0] TRACE_KIND_RESET = 4'h0;
    localparam int TRACE_AT_LOW = 68, TRACE_AT_WIDTH = 2;
    localparam logic [1:0] TRACE_AT_RESET = 2'h0;
    localparam int TRACE_PASID_V_LOW = 70, TRACE_PASID_V_WIDTH = 1;
    localparam logic [0:0] TRACE_PASID_V_RESET = 1'h0;
    localparam int TRACE_PRIV_LOW = 71, TRACE_PRIV_WIDTH = 1;
    localparam logic [0:0] TRACE_PRIV_RESET = 1'h0;
    localparam int TRACE_EXEC_LOW = 72, TRACE_EXEC_WIDTH = 1;
    localparam logic [0:0] TRACE_EXEC_RESET = 1'h0;
    localparam int TRACE_STATUS_LOW = 73, TRACE_STATUS_WIDTH = 3;
    localparam logic [2:0] TRACE_STATUS_RESET = 3'h0;
    localparam int TRACE_BYTES_LOW = 80, TRACE_BYTES_WIDTH = 8;
    localparam logic [7:0] TRACE_BYTES_RESET = 8'h0;
    localparam int TRACE_PASID_LOW = 88, TRACE_PASID_WIDTH = 20;
    localparam logic [19:0] TRACE_PASID_RESET = 20'h0;
    localparam int TRACE_RID_LOW = 128, TRACE_RID_WIDTH = 16;
    localparam logic [15:0] TRACE_RID_RESET = 16'h0;
    localparam int TRACE_ID_LOW = 160, TRACE_ID_WIDTH = 32;
    localparam logic [31:0] TRACE_ID_RESET = 32'h0;
    localparam int TRACE_ADDRESS_LOW = 192, TRACE_ADDRESS_WIDTH = 64;
    localparam logic [63:0] TRACE_ADDRESS_RESET = 64'h0;

    // BAR4 ATC entry; writing the last word (bits 255:192) stores the whole entry
    localparam logic [15:0] AT_ATC = 16'h4000;
    localparam int COUNT_ATC = 64, STRIDE_ATC = 32;
    localparam int ATC_ADDRESS_LOW = 0, ATC_ADDRESS_WIDTH = 64;
    localparam logic [63:0] ATC_ADDRESS_RESET = 64'h0;
    localparam int ATC_TRANSLATED_LOW = 64, ATC_TRANSLATED_WIDTH = 64;
    localparam logic [63:0] ATC_TRANSLATED_RESET = 64'h0;
    localparam int ATC_PASID_LOW = 128, ATC_PASID_WIDTH = 20;
    localparam logic [19:0] ATC_PASID_RESET = 20'h0;
    localparam int ATC_PASID_V_LOW = 148, ATC_PASID_V_WIDTH = 1;
    localparam logic [0:0] ATC_PASID_V_RESET = 1'h0;
    localparam int ATC_PRIV_LOW = 149, ATC_PRIV_WIDTH = 1;
    localparam logic [0:0] ATC_PRIV_RESET = 1'h0;
    localparam int ATC_GLOBAL_LOW = 150, ATC_GLOBAL_WIDTH = 1;
    localparam logic [0:0] ATC_GLOBAL_RESET = 1'h0;
    localparam int ATC_SIZE_LG2_LOW = 160, ATC_SIZE_LG2_WIDTH = 6;
    localparam logic [5:0] ATC_SIZE_LG2_RESET = 6'h0;
    localparam int ATC_R_LOW = 192, ATC_R_WIDTH = 1;
    localparam logic [0:0] ATC_R_RESET = 1'h0;
    localparam int ATC_W_LOW = 193, ATC_W_WIDTH = 1;
    localparam logic [0:0] ATC_W_RESET = 1'h0;
    localparam int ATC_U_LOW = 194, ATC_U_WIDTH = 1;
    localparam logic [0:0] ATC_U_RESET = 1'h0;
    localparam int ATC_X_LOW = 195, ATC_X_WIDTH = 1;
    localparam logic [0:0] ATC_X_RESET = 1'h0;
    localparam int ATC_N_LOW = 196, ATC_N_WIDTH = 1;
    localparam logic [0:0] ATC_N_RESET = 1'h0;
    localparam int ATC_VALID_LOW = 255, ATC_VALID_WIDTH = 1;
    localparam logic [0:0] ATC_VALID_RESET = 1'h0;

    // BAR4 page request group; writing forgets it
    localparam logic [15:0] AT_PRG = 16'h5000;
    localparam int COUNT_PRG = 32, STRIDE_PRG = 16;
    localparam int PRG_INDEX_LOW = 0, PRG_INDEX_WIDTH = 9;
    localparam logic [8:0] PRG_INDEX_RESET = 9'h0;
    localparam int PRG_STATE_LOW = 16, PRG_STATE_WIDTH = 3;
    localparam logic [2:0] PRG_STATE_RESET = 3'h0;
    localparam int PRG_MESSAGES_LOW = 24, PRG_MESSAGES_WIDTH = 4;
    localparam logic [3:0] PRG_MESSAGES_RESET = 4'h0;
    localparam int PRG_PASID_LOW = 32, PRG_PASID_WIDTH = 20;
    localparam logic [19:0] PRG_PASID_RESET = 20'h0;
    localparam int PRG_ADDRESS_LOW = 64, PRG_ADDRESS_WIDTH = 64;
    localparam logic [63:0] PRG_ADDRESS_RESET = 64'h0;

    // BAR4 non-posted request with tag n; writing forgets it
    localparam logic [15:0] AT_TAGS = 16'h6000;
    localparam int COUNT_TAGS = 256, STRIDE_TAGS = 8;
    localparam int TAGS_STATE_LOW = 0, TAGS_STATE_WIDTH = 2;
    localparam logic [1:0] TAGS_STATE_RESET = 2'h0;
    localparam int TAGS_KIND_LOW = 4, TAGS_KIND_WIDTH = 4;
    localparam logic [3:0] TAGS_KIND_RESET = 4'h0;
    localparam int TAGS_ADDRESS_LOW = 12, TAGS_ADDRESS_WIDTH = 52;
    localparam logic [51:0] TAGS_ADDRESS_RESET = 52'h0;

    // BAR4 alias with the map of Arm's exerciser, on raw slot 7: DMA control 08h, bus address 10h, length 18h, status 1Ch, PASID 20h, Requester ID 3Ch as there; the rest reads 0
    localparam logic [15:0] AT_ARM = 16'h8000;

    // DESCRIPTOR 
    localparam int DESC_PASID_LOW = 0, DESC_PASID_WIDTH = 20;
    localparam int DESC_PRIV_LOW = 31, DESC_PRIV_WIDTH = 1;
    localparam int DESC_FLAGS_LOW = 32, DESC_FLAGS_WIDTH = 24;
    localparam int DESC_OPCODE_LOW = 56, DESC_OPCODE_WIDTH = 8;
    localparam int DESC_RECORD_LOW = 64, DESC_RECORD_WIDTH = 64;
    localparam int DESC_SRC_LOW = 128, DESC_SRC_WIDTH = 64;
    localparam int DESC_DST_LOW = 192, DESC_DST_WIDTH = 64;
    localparam int DESC_SIZE_LOW = 256, DESC_SIZE_WIDTH = 32;
    localparam int DESC_HANDLE_LOW = 288, DESC_HANDLE_WIDTH = 16;
    localparam int DESC_DATA0_LOW = 320, DESC_DATA0_WIDTH = 64;
    localparam int DESC_DATA1_LOW = 384, DESC_DATA1_WIDTH = 64;
    localparam int DESC_DATA2_LOW = 448, DESC_DATA2_WIDTH = 64;

    // RECORD 
    localparam int REC_STATUS_LOW = 0, REC_STATUS_WIDTH = 8;
    localparam int REC_RESULT_LOW = 8, REC_RESULT_WIDTH = 8;
    localparam int REC_FAULT_WRITE_LOW = 16, REC_FAULT_WRITE_WIDTH = 1;
    localparam int REC_FAULT_OPERAND_LOW = 17, REC_FAULT_OPERAND_WIDTH = 2;
    localparam int REC_FAULT_EXEC_LOW = 19, REC_FAULT_EXEC_WIDTH = 1;
    localparam int REC_FAULT_AT_LOW = 20, REC_FAULT_AT_WIDTH = 2;
    localparam int REC_FAULT_PASID_V_LOW = 22, REC_FAULT_PASID_V_WIDTH = 1;
    localparam int REC_DONE_LOW = 32, REC_DONE_WIDTH = 32;
    localparam int REC_ADDRESS_LOW = 64, REC_ADDRESS_WIDTH = 64;
    localparam int REC_DATA0_LOW = 128, REC_DATA0_WIDTH = 64;
    localparam int REC_DATA1_LOW = 192, REC_DATA1_WIDTH = 64;

    // EVENT 
    localparam int EVL_DESC_VALID_LOW = 2, EVL_DESC_VALID_WIDTH = 1;
    localparam int EVL_WQ_VALID_LOW = 3, EVL_WQ_VALID_WIDTH = 1;
    localparam int EVL_BATCH_LOW = 4, EVL_BATCH_WIDTH = 1;
    localparam int EVL_WRITE_LOW = 5, EVL_WRITE_WIDTH = 1;
    localparam int EVL_PRIV_LOW = 6, EVL_PRIV_WIDTH = 1;
    localparam int EVL_INFO_VALID_LOW = 7, EVL_INFO_VALID_WIDTH = 1;
    localparam int EVL_ERROR_LOW = 8, EVL_ERROR_WIDTH = 8;
    localparam int EVL_WQ_LOW = 16, EVL_WQ_WIDTH = 8;
    localparam int EVL_OPERATION_LOW = 32, EVL_OPERATION_WIDTH = 8;
    localparam int EVL_PASID_LOW = 40, EVL_PASID_WIDTH = 20;
    localparam int EVL_BATCH_INDEX_LOW = 64, EVL_BATCH_INDEX_WIDTH = 16;
    localparam int EVL_INVALID_FLAGS_LOW = 96, EVL_INVALID_FLAGS_WIDTH = 32;
    localparam int EVL_ADDRESS_LOW = 128, EVL_ADDRESS_WIDTH = 64;

    // Operations
    localparam logic [7:0] OP_NOP = 8'h00;
    localparam logic [7:0] OP_BATCH = 8'h01;
    localparam logic [7:0] OP_DRAIN = 8'h02;
    localparam logic [7:0] OP_MEMMOVE = 8'h03;
    localparam logic [7:0] OP_FILL = 8'h04;
    localparam logic [7:0] OP_COMPARE = 8'h05;
    localparam logic [7:0] OP_COMPVAL = 8'h06;
    localparam logic [7:0] OP_XFETCH = 8'h0a;
    localparam logic [7:0] OP_CRC32C = 8'h10;
    localparam logic [7:0] OP_ATOMIC = 8'h80;
    localparam logic [7:0] OP_XLATE = 8'h81;
    localparam logic [7:0] OP_PAGEREQ = 8'h82;

    // Flags: bit numbers
    localparam logic [7:0] FLAG_FENCE = 8'h00;
    localparam logic [7:0] FLAG_BOF = 8'h01;
    localparam logic [7:0] FLAG_CRAV = 8'h02;
    localparam logic [7:0] FLAG_RCR = 8'h03;
    localparam logic [7:0] FLAG_RCI = 8'h04;
    localparam logic [7:0] FLAG_CR = 8'h07;
    localparam logic [7:0] FLAG_DRDBK = 8'h0e;
    localparam logic [7:0] FLAG_XEXEC = 8'h10;
    localparam logic [7:0] FLAG_XNS = 8'h11;
    localparam logic [7:0] FLAG_XUNTR = 8'h12;

    // Completion status
    localparam logic [7:0] ST_OK = 8'h01;
    localparam logic [7:0] ST_FALSE = 8'h02;
    localparam logic [7:0] ST_FAULT = 8'h03;
    localparam logic [7:0] ST_FAULT_INVALID = 8'h04;
    localparam logic [7:0] ST_BATCH_FAIL = 8'h05;
    localparam logic [7:0] ST_OPCODE = 8'h10;
    localparam logic [7:0] ST_FLAGS = 8'h11;
    localparam logic [7:0] ST_RESERVED = 8'h12;
    localparam logic [7:0] ST_SIZE = 8'h13;
    localparam logic [7:0] ST_COUNT = 8'h14;
    localparam logic [7:0] ST_LIST_ALIGN = 8'h18;
    localparam logic [7:0] ST_HANDLE = 8'h19;
    localparam logic [7:0] ST_CR_FAULT = 8'h1a;
    localparam logic [7:0] ST_CR_ALIGN = 8'h1b;
    localparam logic [7:0] ST_ALIGN = 8'h1c;
    localparam logic [7:0] ST_PRIV = 8'h1d;
    localparam logic [7:0] ST_LIST_FAULT = 8'h1f;
    localparam logic [7:0] ST_DATA_UR = 8'h31;
    localparam logic [7:0] ST_DATA_CA = 8'h32;
    localparam logic [7:0] ST_DATA_POISON = 8'h33;
    localparam logic [7:0] ST_DATA_TIMEOUT = 8'h34;
    localparam logic [7:0] ST_XLAT_UR = 8'h41;
    localparam logic [7:0] ST_XLAT_CA = 8'h42;
    localparam logic [7:0] ST_XLAT_POISON = 8'h43;
    localparam logic [7:0] ST_XLAT_TIMEOUT = 8'h44;
    localparam logic [7:0] ST_PRI_FAILURE = 8'h45;
    localparam logic [7:0] ST_ATS_OFF = 8'h46;
    localparam logic [7:0] ST_PRG_TIMEOUT = 8'h47;
    localparam logic [7:0] ST_PASID_OFF = 8'h48;

    // Commands
    localparam logic [7:0] CMD_ENABLE_DEVICE = 8'h01;
    localparam logic [7:0] CMD_DISABLE_DEVICE = 8'h02;
    localparam logic [7:0] CMD_DRAIN_ALL = 8'h03;
    localparam logic [7:0] CMD_ABORT_ALL = 8'h04;
    localparam logic [7:0] CMD_RESET_DEVICE = 8'h05;
    localparam logic [7:0] CMD_ENABLE_WQ = 8'h06;
    localparam logic [7:0] CMD_DISABLE_WQ = 8'h07;
    localparam logic [7:0] CMD_DRAIN_WQ = 8'h08;
    localparam logic [7:0] CMD_ABORT_WQ = 8'h09;
    localparam logic [7:0] CMD_RESET_WQ = 8'h0a;
    localparam logic [7:0] CMD_DRAIN_PASID = 8'h0b;
    localparam logic [7:0] CMD_ABORT_PASID = 8'h0c;

    // Command errors
    localparam logic [7:0] CE_NONE = 8'h00;
    localparam logic [7:0] CE_BAD_COMMAND = 8'h01;
    localparam logic [7:0] CE_BAD_WQ = 8'h02;
    localparam logic [7:0] CE_DEVICE_ENABLED = 8'h10;
    localparam logic [7:0] CE_BUS_MASTER = 8'h12;
    localparam logic [7:0] CE_SIZES = 8'h14;
    localparam logic [7:0] CE_GROUP_WQ_TWICE = 8'h15;
    localparam logic [7:0] CE_GROUP_ENGINE_TWICE = 8'h16;
    localparam logic [7:0] CE_GROUP_NO_ENGINE = 8'h17;
    localparam logic [7:0] CE_GROUP_NO_GROUP = 8'h18;
    localparam logic [7:0] CE_DEVICE_OFF = 8'h20;
    localparam logic [7:0] CE_WQ_ENABLED = 8'h21;
    localparam logic [7:0] CE_WQ_SIZE = 8'h22;
    localparam logic [7:0] CE_WQ_PRIORITY = 8'h23;
    localparam logic [7:0] CE_WQ_MODE = 8'h24;
    localparam logic [7:0] CE_WQ_BOF = 8'h25;
    localparam logic [7:0] CE_WQ_PASID = 8'h26;
    localparam logic [7:0] CE_WQ_BATCH = 8'h27;
    localparam logic [7:0] CE_WQ_XFER = 8'h28;
    localparam logic [7:0] CE_NOT_ENABLED = 8'h31;
    localparam logic [7:0] CE_WQ_NOT_ENABLED = 8'h32;

    // Errors besides completion status
    localparam logic [7:0] ERR_PORTAL_SIZE = 8'h50;
    localparam logic [7:0] ERR_PORTAL_POSTED = 8'h51;
    localparam logic [7:0] ERR_PORTAL_FULL = 8'h52;
    localparam logic [7:0] ERR_PORTAL_DISABLED = 8'h53;
    localparam logic [7:0] ERR_PORTAL_PAGE = 8'h54;
    localparam logic [7:0] ERR_LOG = 8'h62;
    localparam logic [7:0] ERR_COMPLETION = 8'h70;
    localparam logic [7:0] ERR_RESPONSE = 8'h71;
    localparam logic [7:0] ERR_RESPONSE_FAILURE = 8'h72;
    localparam logic [7:0] ERR_ATS_SHUT = 8'h73;
    localparam logic [7:0] ERR_ATS_CONTROL = 8'h74;

    // Counters
    localparam logic [7:0] COUNT_SUBMITTED = 8'h00;
    localparam logic [7:0] COUNT_OK = 8'h01;
    localparam logic [7:0] COUNT_FAILED = 8'h02;
    localparam logic [7:0] COUNT_RETRIED = 8'h03;
    localparam logic [7:0] COUNT_DROPPED = 8'h04;
    localparam logic [7:0] COUNT_ABORTED = 8'h05;
    localparam logic [7:0] COUNT_ATC_LOOKUP = 8'h08;
    localparam logic [7:0] COUNT_ATC_HIT = 8'h09;
    localparam logic [7:0] COUNT_ATC_MISS = 8'h0a;
    localparam logic [7:0] COUNT_ATC_FILL = 8'h0b;
    localparam logic [7:0] COUNT_ATC_EVICTION = 8'h0c;
    localparam logic [7:0] COUNT_ATC_KILL = 8'h0d;
    localparam logic [7:0] COUNT_TREQ = 8'h0e;
    localparam logic [7:0] COUNT_TREQ_OK = 8'h0f;
    localparam logic [7:0] COUNT_TREQ_NO_ACCESS = 8'h10;
    localparam logic [7:0] COUNT_TREQ_UR = 8'h11;
    localparam logic [7:0] COUNT_TREQ_CA = 8'h12;
    localparam logic [7:0] COUNT_TREQ_STALE = 8'h13;
    localparam logic [7:0] COUNT_INV_IN = 8'h14;
    localparam logic [7:0] COUNT_INV_OUT = 8'h15;
    localparam logic [7:0] COUNT_INV_WAIT = 8'h16;
    localparam logic [7:0] COUNT_TREQ_POISON = 8'h17;
    localparam logic [7:0] COUNT_PRM = 8'h18;
    localparam logic [7:0] COUNT_PRG = 8'h19;
    localparam logic [7:0] COUNT_PRG_SUCCESS = 8'h1a;
    localparam logic [7:0] COUNT_PRG_INVALID = 8'h1b;
    localparam logic [7:0] COUNT_PRG_FAILURE = 8'h1c;
    localparam logic [7:0] COUNT_PRG_UNEXPECTED = 8'h1d;
    localparam logic [7:0] COUNT_MARKER = 8'h1e;
    localparam logic [7:0] COUNT_PRG_TIMEOUT = 8'h1f;
    localparam logic [7:0] COUNT_READ = 8'h20;
    localparam logic [7:0] COUNT_WRITE = 8'h21;
    localparam logic [7:0] COUNT_READ_TRANSLATED = 8'h22;
    localparam logic [7:0] COUNT_WRITE_TRANSLATED = 8'h23;
    localparam logic [7:0] COUNT_ATOMIC = 8'h24;
    localparam logic [7:0] COUNT_BYTES_READ = 8'h25;
    localparam logic [7:0] COUNT_BYTES_WRITTEN = 8'h26;
    localparam logic [7:0] COUNT_MSIX = 8'h27;
    localparam logic [7:0] COUNT_RECORD = 8'h28;
    localparam logic [7:0] COUNT_LOG = 8'h29;
    localparam logic [7:0] COUNT_LOG_LOST = 8'h2a;
    localparam logic [7:0] COUNT_TREQ_TIMEOUT = 8'h2b;
    localparam logic [7:0] COUNT_CPL_UR = 8'h2c;
    localparam logic [7:0] COUNT_CPL_CA = 8'h2d;
    localparam logic [7:0] COUNT_CPL_POISON = 8'h2e;
    localparam logic [7:0] COUNT_CPL_TIMEOUT = 8'h2f;
    localparam logic [7:0] COUNT_CPL_UNEXPECTED = 8'h30;

    // Raw slot types
    localparam logic [7:0] RAW_READ = 8'h00;
    localparam logic [7:0] RAW_WRITE = 8'h01;
    localparam logic [7:0] RAW_FETCH_ADD = 8'h02;
    localparam logic [7:0] RAW_SWAP = 8'h03;
    localparam logic [7:0] RAW_CAS = 8'h04;
    localparam logic [7:0] RAW_TREQ = 8'h05;
    localparam logic [7:0] RAW_MESSAGE = 8'h06;

    // Trace kinds
    localparam logic [7:0] TRACE_READ = 8'h00;
    localparam logic [7:0] TRACE_WRITE = 8'h01;
    localparam logic [7:0] TRACE_ATOMIC = 8'h02;
    localparam logic [7:0] TRACE_TREQ = 8'h03;
    localparam logic [7:0] TRACE_COMPLETION = 8'h04;
    localparam logic [7:0] TRACE_MESSAGE_OUT = 8'h05;
    localparam logic [7:0] TRACE_INVALIDATE = 8'h06;
    localparam logic [7:0] TRACE_RESPONSE = 8'h07;

endpackage
