"""Proofs: forged answers, and sentences that differ in one thing."""
