// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICondition} from "./ICondition.sol";

/// @title Conditions made of conditions: all, any, not
/// @notice AllOf and AnyOf take up to 32 children, Not takes one. Each child is asked once, with an equal share of the gas that is left, so
/// that one that burns its gas starves no other.
/// @dev The context of AllOf and AnyOf is abi.encode(Child[]), that of Not abi.encode(Child).
///
/// A child that fails (reverts, runs out of gas, has no code, or answers no boolean) is neither yes nor no. As in Kleene's logic:
/// - AllOf: no if any child says no; else it fails if any child failed; else yes.
/// - AnyOf: yes if any child says yes; else it fails if any child failed; else no.
/// - Not: fails if its child failed.
/// A composite fails by `ChildFailed`, and to a node every failure is a no. So nothing that fails can open anything, however deep it is
/// nested and however often it is negated.
interface ICompositeCondition is ICondition {
    /// @notice One condition with what its owner fixed for it.
    struct Child {
        address condition;
        bytes context;
    }

    /// @notice AllOf and AnyOf of nothing mean nothing, and more children than `maximum` are not asked.
    error ChildCountOutOfRange(uint256 count, uint256 maximum);
    /// @notice The answer depends on the child at `index`, which gave none.
    error ChildFailed(uint256 index, address condition);
}
