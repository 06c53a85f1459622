// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The stake line: nodes side by side, each as wide as its stake
/// @notice The paper's fig 7 and eq 25 to 29. A node holds one *leaf*, whose width in whole units is an upper bound of what can
/// be drawn of it. The escrow deploys the line with itself and keeps the widths; the line knows nothing of locks.
/// @dev Invariant: I-E2 `deposit_sum`, `totalUnits` is the sum of all leaves. The order of leaves is that of their numbers; a
/// free leaf has no width and may go to another node.
interface IStakeLine {
    error NotEscrow(address caller, address escrow);
    /// @notice No leaf is left for another node.
    error StakeLineFull(uint256 leaves);

    /// @notice Makes a leaf `units` wide; assigns one to `node` if it has none, takes it back at width 0. Escrow only.
    /// @param holding The node's leaf plus one, 0 if it has none.
    /// @param since First period in which a newly assigned holder can be drawn.
    /// @return The node's leaf plus one, 0 if it has none now.
    function fit(address node, uint32 holding, uint32 units, uint32 since) external returns (uint32);

    /// @notice Sum of all leaves, in units.
    function totalUnits() external view returns (uint256);

    /// @notice Number of leaves ever used.
    function leafCount() external view returns (uint256);

    /// @notice One leaf.
    /// @return node Who holds it, zero if it is free.
    function leafAt(uint256 leaf) external view returns (address node, uint32 units, uint32 since);

    /// @notice Who lies at point `x` < `totalUnits` of the line, and how far inside its leaf the point is.
    function select(uint256 x) external view returns (address node, uint256 offset);
}
