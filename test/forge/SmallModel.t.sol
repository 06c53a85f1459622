// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Periods} from "../../contracts/libraries/Periods.sol";
import {RewardMath} from "../../contracts/libraries/RewardMath.sol";
import {SumTree} from "../../contracts/libraries/SumTree.sol";

/// @title Every case of small models, one by one
contract SmallModelTest {
    using SumTree for SumTree.Tree;

    SumTree.Tree private _tree;

    /// @dev For every R below 128, every T from 2 to 12 and every way to cut 12 periods into three stretches: R never falls below
    /// the exact R (1 - 1/T)^k, hence no more is allocated than the formula allows, nor is the cap ever passed.
    function test_supply_never_passes_the_cap() public pure {
        for (uint256 decay = 2; decay <= 12; ++decay) {
            uint256 factor = RewardMath.decayFactor(decay);
            for (uint256 start = 0; start < 128; ++start) {
                for (uint256 first = 0; first <= 12; ++first) {
                    for (uint256 second = 0; first + second <= 12; ++second) _cut(start, decay, factor, first, second);
                }
            }
        }
    }

    /// @dev Shares of all ways to divide D below 24 among three, out of every allocation below 64: their sum stays within it, and
    /// each is at most its exact part.
    function test_shares_never_pass_the_allocation() public pure {
        for (uint256 allocated = 0; allocated < 64; ++allocated) {
            for (uint256 locked = 1; locked < 24; ++locked) {
                uint256 accumulator = RewardMath.perWeight(allocated, locked);
                for (uint256 a = 0; a <= locked; ++a) {
                    for (uint256 b = 0; a + b <= locked; ++b) {
                        uint256 sum =
                            _share(a, accumulator, allocated, locked) +
                                _share(b, accumulator, allocated, locked) +
                                _share(locked - a - b, accumulator, allocated, locked);
                        require(sum <= allocated && sum + 3 >= allocated, "the shares do not sum to what is allocated");
                    }
                }
            }
        }
    }

    /// @dev Half-open intervals: for all ends and times below 300, exactly one of "before the end" and "over" holds, and two
    /// intervals that meet share no moment and leave none out. Ends of locks are the first multiple of 7 that leaves the lock whole.
    function test_intervals_meet_without_gap_or_overlap() public pure {
        for (uint256 start = 0; start < 60; ++start) {
            for (uint256 middle = start; middle < 60; ++middle) {
                for (uint256 time = start; time < 60; ++time) {
                    bool former = !Periods.isOver(middle, time);
                    bool latter = Periods.isOver(middle, time);
                    require(former != latter && former == (time < middle), "a moment belongs to one interval");
                }
            }
        }
        for (uint256 period = 0; period < 300; ++period) {
            for (uint256 lock = 1; lock < 60; ++lock) {
                uint256 end = Periods.endOfLock(period, lock);
                require(end % 7 == 0 && end > period + lock && end <= period + lock + 7, "end of a lock");
            }
        }
    }

    /// @dev Every tree of four leaves of 0 to 3 units, at places that share words and at places that do not: the root is the sum,
    /// and each of its points lies in the leaf of fig 7.
    function test_tree_sum_equals_total() public {
        uint256[4][3] memory places = [
            [uint256(0), 1, 2, 3],
            [uint256(7), 8, 63, 64],
            [uint256(0), 511, 32_768, (1 << 18) - 1]
        ];
        for (uint256 i = 0; i < 3; ++i) {
            for (uint256 widths = 0; widths < 256; ++widths) _tryTree(places[i], widths);
            _tryTree(places[i], 0);
        }
    }

    function _cut(uint256 start, uint256 decay, uint256 factor, uint256 first, uint256 second) private pure {
        uint256 third = 12 - first - second;
        uint256 remaining = RewardMath.decay(start, factor, first);
        remaining = RewardMath.decay(RewardMath.decay(remaining, factor, second), factor, third);
        require(remaining <= start, "more remains than there was");
        require(remaining * decay ** 12 >= start * (decay - 1) ** 12, "more is allocated than the formula allows");
        require(remaining * decay ** 12 <= (start * (decay - 1) ** 12) + 4 * decay ** 12, "less than it allows");
    }

    function _share(
        uint256 weight,
        uint256 accumulator,
        uint256 allocated,
        uint256 locked
    ) private pure returns (uint256 share) {
        share = RewardMath.earned(weight, 0, accumulator);
        require(share * locked <= weight * allocated, "a share above its exact part");
    }

    function _tryTree(uint256[4] memory places, uint256 widths) private {
        uint256 total = 0;
        for (uint256 j = 0; j < 4; ++j) {
            uint256 width = (widths >> (2 * j)) & 3;
            _tree.add(places[j], int256(width) - int256(uint256(_tree.leafUnits(places[j]))));
            total += width;
        }
        require(_tree.total() == total, "the root is not the sum");
        uint256 x = 0;
        for (uint256 j = 0; j < 4; ++j) {
            for (uint256 k = 0; k < (widths >> (2 * j)) & 3; ++k) {
                (uint256 leaf, uint256 offset) = _tree.find(x++);
                require(leaf == places[j] && offset == k, "a point lies in another leaf");
            }
        }
    }
}
