import { actions } from "./support/actions";
import { defineTask } from "./support/define";

defineTask({
  name: "voucher:open",
  description: "Opens a channel from which its payer pays a node for reads, or adds to its deposit",
  params: { node: "Name of a key, or an address, of the node", amount: "Whole tokens to deposit (10)" },
  writes: true,
  load: () => actions.voucher().openChannel,
});

defineTask({
  name: "voucher:redeem",
  description: "Pays a node what its readers' vouchers are for, a hundred channels in a transaction",
  params: {
    of: "Name of a key, or an address, of the node (default: --from)",
    data: "Folder of the node's store (default in NKMS_HOME)",
  },
  writes: true,
  load: () => actions.voucher().redeemVouchers,
});

defineTask({
  name: "voucher:close",
  description: "Announces that a channel closes; given again after its delay, it brings the rest back",
  params: { node: "Name of a key, or an address, of the node" },
  writes: true,
  load: () => actions.voucher().closeChannel,
});
