// Products of matrices, in blocks of 2 × 4 results that stay in registers. No memory is allocated.

/**
 * Write out[i, j] = bias[j] + Σ_t a[i, t]·b[j, t], out [m, n] by rows. Steps say how far apart the numbers of a matrix lie, so that either
 * may be transposed. At an edge a block repeats the last row or column, which writes the same number again.
 * @param {Float32Array} a [m, k], at i·aRow + t·aColumn @param {number} aRow @param {number} aColumn
 * @param {Float32Array} b [n, k], at j·bRow + t·bColumn @param {number} bRow @param {number} bColumn
 * @param {Float32Array | null} bias [n]; null for 0 @param {Float32Array} out @param {number} m @param {number} n @param {number} k
 */
export function multiplyTransposed(a, aRow, aColumn, b, bRow, bColumn, bias, out, m, n, k) {
  for (let i = 0; i < m; i += 2) {
    const i1 = i + 1 < m ? i + 1 : i;
    for (let j = 0; j < n; j += 4) {
      const j1 = j + 1 < n ? j + 1 : j, j2 = j + 2 < n ? j + 2 : j, j3 = j + 3 < n ? j + 3 : j;
      let s00 = 0, s01 = 0, s02 = 0, s03 = 0, s10 = 0, s11 = 0, s12 = 0, s13 = 0;
      let p0 = i * aRow, p1 = i1 * aRow, q0 = j * bRow, q1 = j1 * bRow, q2 = j2 * bRow, q3 = j3 * bRow;
      for (let t = 0; t < k; t++) {
        const a0 = a[p0], a1 = a[p1], b0 = b[q0], b1 = b[q1], b2 = b[q2], b3 = b[q3];
        s00 += a0 * b0;
        s01 += a0 * b1;
        s02 += a0 * b2;
        s03 += a0 * b3;
        s10 += a1 * b0;
        s11 += a1 * b1;
        s12 += a1 * b2;
        s13 += a1 * b3;
        p0 += aColumn;
        p1 += aColumn;
        q0 += bColumn;
        q1 += bColumn;
        q2 += bColumn;
        q3 += bColumn;
      }
      if (bias) {
        const c0 = bias[j], c1 = bias[j1], c2 = bias[j2], c3 = bias[j3];
        s00 += c0;
        s01 += c1;
        s02 += c2;
        s03 += c3;
        s10 += c0;
        s11 += c1;
        s12 += c2;
        s13 += c3;
      }
      const row0 = i * n, row1 = i1 * n;
      out[row0 + j] = s00;
      out[row0 + j1] = s01;
      out[row0 + j2] = s02;
      out[row0 + j3] = s03;
      out[row1 + j] = s10;
      out[row1 + j1] = s11;
      out[row1 + j2] = s12;
      out[row1 + j3] = s13;
    }
  }
}

/** Write the sums of the columns of x [m, n] to out [n].
 * @param {Float32Array} x @param {Float32Array} out @param {number} m @param {number} n */
export function sumColumns(x, out, m, n) {
  for (let j = 0; j < n; j++) {
    let sum = 0;
    for (let p = j; p < m * n; p += n) sum += x[p];
    out[j] = sum;
  }
}
